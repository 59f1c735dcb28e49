"""Filling forms and making PDFs, warm and cold, against docxtpl and LibreOffice."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks import peers, subjects
from benchmarks.measuring import Figure, alternating
from generator.packet.assessment import Order
from generator.packet.parts import Job
from generator.packet.pipeline import assemble, build, make_documents, put
from generator.rendering.render import RenderJob, render

ROUNDS_FILL = 15
ROUNDS_COLD = 5
BATCH = 10
ROUNDS_BATCH = 3


def holds(docx: bytes, job: Job) -> bool:
    """Whether a form holds the data that the packet is about."""
    import io

    from docx import Document

    word = Document(io.BytesIO(docx))
    text = "".join(element.text or "" for element in word.element.iter() if element.tag.endswith("}t"))
    lead = job.dataset.consortium.leads[0].name
    return job.consortium in text and lead is not None and lead in text


def fill() -> Iterator[Figure]:
    """``fill_vs_docxtpl`` and ``fill_vs_floor``: one form, warm."""
    programme, session = subjects.subject()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        jobs = [subjects.job(folder, number) for number in range(ROUNDS_FILL)]
    document = programme.documents[0]
    path = programme.folder / document.template
    prepared = session.templates.prepare(path)
    template: Any = prepared.template
    package = template._package  # noqa: SLF001 (the floor is this very package, deflated and written)

    def ours(number: int) -> Any:
        job = jobs[number]
        filled = render(
            prepared.template,
            RenderJob(
                programme, job.dataset.consortium, "signing", job.when, session.templates.model_clauses.fill
            ),
            document,
            prepared.headings,
        )
        if not filled.docx:  # the file is written when it is asked for
            raise SystemExit("a form is empty")
        return filled

    def theirs(number: int) -> bytes:
        return peers.docxtpl_fill(path, peers.names(jobs[number], document, session))

    made = [ours(number) for number in range(ROUNDS_FILL)]
    changed = [
        {key: data for key, data in one.parts.items() if data != package.parts.get(key)} for one in made
    ]

    def floor(number: int) -> bytes:
        written: bytes = package.write(changed[number], jobs[number].when)
        return written

    if not (holds(made[0].docx, jobs[0]) and holds(theirs(0), jobs[0])):
        raise SystemExit("a filled form lacks the data")
    mine, docxtpl, least = alternating([ours, theirs, floor], ROUNDS_FILL, warm=True)
    size = f"form of {len(package.parts['word/document.xml']) // 1000} kB XML"
    yield Figure("fill_vs_docxtpl", ROUNDS_FILL, docxtpl / mine, note=f"{mine * 1000:.2f} ms, {size}")
    yield Figure(
        "fill_vs_floor", ROUNDS_FILL, mine / least, note=f"floor {least * 1000:.2f} ms, zlib level 6 both"
    )


def run(program: str, *arguments: str) -> None:
    """One of the two in a process of its own, as on a user's machine: Python keeps the modules it has compiled."""
    kept = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    subprocess.run([sys.executable, "-m", program, *arguments], check=True, capture_output=True, env=kept)


def cold() -> Iterator[Figure]:
    """``cold_vs_docxtpl``: a whole process that fills one form."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (data,) = subjects.versions(folder / "data", 1)
        arguments = (str(data), str(folder / "out"), subjects.CODE)
        run("benchmarks.one_form", *arguments)
        mine, theirs = alternating(
            [
                lambda _: run("benchmarks.one_form", *arguments),
                lambda _: run("benchmarks.peers", *arguments),
            ],
            ROUNDS_COLD,
        )
    note = f"{mine:.2f} s; both read the same YAML by this project's loader"
    yield Figure("cold_vs_docxtpl", ROUNDS_COLD, theirs / mine, note=note)


def documents() -> Iterator[Figure]:
    """``documents_vs_docxtpl_libreoffice``: the documents of a packet as DOCX and PDF, warm."""
    if peers.office() is None:
        print(peers.NO_OFFICE, file=sys.stderr)
        return
    _, session = subjects.subject()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        jobs = [subjects.job(folder, number) for number in range((ROUNDS_BATCH + 1) * BATCH)]
        make_documents(jobs[-1])

        def ours(number: int) -> None:
            for job in jobs[number * BATCH : (number + 1) * BATCH]:
                made = make_documents(job)
                if any(one.pdf is None for one in made):
                    raise SystemExit("a PDF is missing")

        def theirs(number: int) -> None:
            files = [
                file
                for at in range(number * BATCH, (number + 1) * BATCH)
                for file in peers.fill_all(jobs[at], session, folder, f"{at:04}-")
            ]
            peers.office_pdfs(files, folder)

        mine, other = alternating([ours, theirs], ROUNDS_BATCH)
    note = f"{mine / BATCH * 1000:.0f} ms a packet, every text new; LibreOffice: {BATCH} packets a run"
    yield Figure("documents_vs_docxtpl_libreoffice", ROUNDS_BATCH * BATCH, other / mine, note=note)


def documents_cold() -> Iterator[Figure]:
    """``documents_cold_vs_…`` and ``packet_cold_vs_docxtpl_libreoffice``: a whole process for one packet.

    The first makes what the peers make, the documents; the second is the command with all that it does.
    """
    if peers.office() is None:
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (data,) = subjects.versions(folder / "data", 1)

        def documents(number: int) -> None:
            run("benchmarks.one_packet", str(data), str(folder / f"own{number}"), subjects.CODE)

        def packet(number: int) -> None:
            run(
                "generator", "packet", str(data), "-p", subjects.CODE, "--edition", "signing",
                "-o", str(folder / f"out{number}"),
            )  # fmt: skip

        def theirs(number: int) -> None:
            run("benchmarks.peers", str(data), str(folder / f"peer{number}"), subjects.CODE, "pdf")

        packet(-1)
        mine, whole, other = alternating([documents, packet, theirs], ROUNDS_COLD)
    yield Figure(
        "documents_cold_vs_docxtpl_libreoffice",
        ROUNDS_COLD,
        other / mine,
        note=f"{mine:.2f} s, start included",
    )
    note = f"{whole:.2f} s, with merging, sheets, manifest and zip, which the peers do not make"
    yield Figure("packet_cold_vs_docxtpl_libreoffice", ROUNDS_COLD, other / whole, note=note)


def extra() -> Iterator[Figure]:
    """``packet_extra``: the share of a packet's time that is not its documents."""
    from generator.packet.attachments import read_attachments
    from generator.publishing.archive import archive_bytes

    programme, session = subjects.subject()
    shares, wholes = [], []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for number in range(ROUNDS_FILL + 1):
            job = subjects.job(folder, number)
            source = subjects.source(folder, number)
            begun = time.perf_counter()
            packet = build(source, programme, Order("signing"), session)
            put(packet, folder / "out", force=False)
            whole = time.perf_counter() - begun
            begun = time.perf_counter()
            assemble(job, packet.documents, read_attachments(job))
            archive_bytes({file.path: file.data for file in packet.files}, job.when)
            shares.append((time.perf_counter() - begun) / whole)
            wholes.append(whole)
    note = f"of {statistics.median(wholes[1:]) * 1000:.0f} ms a packet, fsync included"
    share = statistics.median(shares[1:])
    yield Figure("packet_extra", ROUNDS_FILL, value=share * 100, unit="%", note=note)


FIGURES = [
    (("fill_vs_docxtpl", "fill_vs_floor"), fill),
    (("cold_vs_docxtpl",), cold),
    (("documents_vs_docxtpl_libreoffice",), documents),
    (("documents_cold_vs_docxtpl_libreoffice", "packet_cold_vs_docxtpl_libreoffice"), documents_cold),
    (("packet_extra",), extra),
]
