"""Many packets: rate, memory, processes, resume, growth with the number of members."""

from __future__ import annotations

import re
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from benchmarks import peers, subjects
from benchmarks.measuring import Figure, alternating, seconds
from generator.batch.settings import Bounds
from generator.model.catalogue import Catalogue
from generator.model.programme import Programme
from generator.packet.assessment import Order
from generator.packet.pipeline import build
from generator.packet.session import Session
from generator.readers.source_file import Source, read_source
from generator.workflows.workspace import processors

PACKETS = 100
PACKETS_SPEEDUP = 40
ROUNDS_SPEEDUP = 2
ROUNDS_RESUME = 5
PACKETS_PEERS = 20
ROUNDS_PEERS = 2
LIFE = Bounds(1).packets
MEMBERS = (10, 100, 1000)


def batch(data: Path, output: Path, jobs: int, *options: str) -> None:
    command = [sys.executable, "-m", "generator", "batch", str(data), "-p", subjects.CODE]
    done = subprocess.run(
        [*command, "--edition", "signing", "-o", str(output), "-j", str(jobs), "--format", "json", *options],
        check=False,
        capture_output=True,
    )
    if done.returncode:
        raise SystemExit(done.stderr.decode()[-2000:])


def many() -> Iterator[Figure]:
    """``batch_rate`` and ``resume_vs_make``: a hundred packets, and the same again unchanged."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        subjects.versions(folder / "data", PACKETS)
        made = seconds(lambda: batch(folder / "data", folder / "out", processors()))
        again = statistics.median(
            seconds(lambda: batch(folder / "data", folder / "out", processors()))
            for _ in range(ROUNDS_RESUME)
        )
    yield Figure("batch_rate", PACKETS, value=PACKETS / made, unit="/s", note=f"{processors()} processes")
    yield Figure(
        "resume_vs_make", PACKETS, made / again, note=f"{made:.1f} s to make, {again:.2f} s to find unchanged"
    )


def rate_against_peers() -> Iterator[Figure]:
    """``batch_rate_vs_docxtpl_libreoffice``, ``batch_no_sheets_vs_…``, ``batch_documents_vs_…``.

    As many processes on both sides. Ours makes whole packets; packets without internal sheets; and by the same engine
    the documents alone, which is what the peers make. Each peer process fills its share of the packets' documents and
    has them made into PDFs by one run of LibreOffice.
    """
    if peers.office() is None:
        print(peers.NO_OFFICE, file=sys.stderr)
        return
    count = processors()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        shares = [folder / f"share{number}" for number in range(count)]
        for at, path in enumerate(subjects.versions(folder / "data", PACKETS_PEERS)):
            share = shares[at % count]
            share.mkdir(exist_ok=True)
            shutil.copy(path, share)

        def together(module: str, made: str, *more: str) -> None:
            commands = [
                [sys.executable, "-m", module, str(share), f"{share}-{made}", subjects.CODE, *more]
                for share in shares
            ]
            running = [subprocess.Popen(one, stdout=subprocess.DEVNULL) for one in commands]
            if sum([one.wait() for one in running]):
                raise SystemExit(f"{module} failed")

        def theirs(number: int) -> None:
            together("benchmarks.peers", f"peers{number}", "pdf")

        def documents(number: int) -> None:
            together("benchmarks.one_packet", f"own{number}")

        def ours(number: int, sheets: str) -> None:
            batch(folder / "data", folder / f"out-{sheets}{number}", count, "--sheets", sheets)

        mine, bare, alone, other = alternating(
            [
                lambda number: ours(number, "all"),
                lambda number: ours(number, "none"),
                documents,
                theirs,
            ],
            ROUNDS_PEERS,
        )
    peers_make = f"the documents of {PACKETS_PEERS / other:.2f}"
    more = "print copy, manifest and zip, which the peers do not make; start included"
    yield Figure(
        "batch_rate_vs_docxtpl_libreoffice",
        ROUNDS_PEERS,
        other / mine,
        note=f"{PACKETS_PEERS / mine:.2f} packets a second against {peers_make}; ours with sheets, {more}",
    )
    yield Figure(
        "batch_no_sheets_vs_docxtpl_libreoffice",
        ROUNDS_PEERS,
        other / bare,
        note=f"{PACKETS_PEERS / bare:.2f} packets a second against {peers_make}; ours with {more}",
    )
    yield Figure(
        "batch_documents_vs_docxtpl_libreoffice",
        ROUNDS_PEERS,
        other / alone,
        note=f"the documents of {PACKETS_PEERS / alone:.2f} packets a second against {peers_make}; start included",
    )


def memory() -> Iterator[Figure]:
    """``batch_peak_mb``: what one worker of a batch takes at most in its life, and after a quarter of it."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.batches"], check=True, capture_output=True, text=True
    )
    early, late = (float(word) for word in done.stdout.split())
    grown = (late / early - 1) * 100
    note = f"{early:.0f} MB after {LIFE // 4}: grows by {grown:.0f} % over {LIFE - LIFE // 4} more, then is replaced"
    yield Figure("batch_peak_mb", LIFE, value=late, unit="MB", note=note)


def one_worker() -> None:
    """Make as many packets in this process as a worker of a batch does; print its peak on the way, in MB."""
    catalogue = Catalogue(None)
    programme, session = catalogue.load(subjects.CODE), Session(catalogue, "typst", overlap=False)
    peaks = {}
    with tempfile.TemporaryDirectory() as name:
        for number in range(1, LIFE + 1):
            build(subjects.source(Path(name), number), programme, Order("signing"), session)
            peaks[number] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(peaks[LIFE // 4], peaks[LIFE])


def speedup() -> Iterator[Figure]:
    """``two_processes``: how many times faster two processes are than one."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        subjects.versions(folder / "data", PACKETS_SPEEDUP)

        def with_jobs(jobs: int, number: int) -> None:
            output = folder / f"out{jobs}-{number}"
            batch(folder / "data", output, jobs)
            shutil.rmtree(output)

        one, two = alternating(
            [lambda number: with_jobs(1, number), lambda number: with_jobs(2, number)], ROUNDS_SPEEDUP
        )
    note = f"{PACKETS_SPEEDUP} packets: {one:.1f} s and {two:.1f} s, start included"
    yield Figure("two_processes", ROUNDS_SPEEDUP, one / two, note=note)


def growth() -> Iterator[Figure]:
    """``member_time_1000_vs_100``: a member's time between 100 and 1000, against between 10 and 100.

    Every text is new in each run, as of a consortium that was never filed before.
    """
    programme, session = subjects.subject()
    times = {}
    with tempfile.TemporaryDirectory() as name:
        for count in MEMBERS:
            rounds = 5 if count < MEMBERS[-1] else 2
            sources = []
            for number in range(rounds + 1):
                path = Path(name) / f"{count}-{number}.yaml"
                path.write_text(with_members(count, subjects.version(number)), encoding="utf-8")
                sources.append(read_source(path))
            build(sources.pop(), programme, Order(), session)
            times[count] = statistics.median(
                seconds(_building(source, programme, session)) for source in sources
            )
    ten, hundred, thousand = (times[count] for count in MEMBERS)
    ratio = ((thousand - hundred) / 900) / ((hundred - ten) / 90)
    note = f"{ten:.2f}, {hundred:.2f}, {thousand:.2f} s for {', '.join(map(str, MEMBERS))} members"
    yield Figure("member_time_1000_vs_100", 5, ratio, note=note)


def _building(source: Source, programme: Programme, session: Session) -> Callable[[], object]:
    return lambda: build(source, programme, Order(), session)


def with_members(count: int, text: str) -> str:
    """An example with so many members: its last one again and again under other names."""
    start = text.index("\nmembers:\n") + len("\nmembers:\n")
    end = start + next(re.finditer(r"^\S", text[start:], re.MULTILINE)).start()
    items = re.split(r"(?m)^(?=  - )", text[start:end])
    head, items = items[0], items[1:]
    more = [
        re.sub(r"(?m)^(  - name: |    name: )(.*)$", rf"\g<1>\g<2>第{number}分院", items[-1])
        for number in range(count - len(items))
    ]
    return text[:start] + head + "".join([*items, *more][:count]) + text[end:]


FIGURES = [
    (("batch_rate", "resume_vs_make"), many),
    (
        (
            "batch_rate_vs_docxtpl_libreoffice",
            "batch_no_sheets_vs_docxtpl_libreoffice",
            "batch_documents_vs_docxtpl_libreoffice",
        ),
        rate_against_peers,
    ),
    (("batch_peak_mb",), memory),
    (("two_processes",), speedup),
    (("member_time_1000_vs_100",), growth),
]

if __name__ == "__main__":
    one_worker()
