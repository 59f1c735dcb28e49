"""The pages of one filing that was taken in, to be looked at while it is judged."""

from __future__ import annotations

from pathlib import Path

from generator.base.temporary import private
from generator.errors import DataError, Place, UsageError
from generator.model.programme import Programme
from generator.publishing.manifest import parsed
from generator.publishing.reading import open_packet
from generator.workflows.inputs import Data, Upload
from generator.workflows.intake.examined import Issue
from generator.workflows.intake.found import Found, Received
from generator.workflows.preview import Preview
from generator.workflows.read_back import read_back
from generator.workflows.shown_papers import Paper, ShownPapers, typeset
from generator.workflows.workspace import Workspace

_DRAWN = "报来的是数据，这里是按数据排出的官方页面；纸质材料以原件为准"


def filing_pages(workspace: Workspace, folder: Path, out: Path, code: str, name: str) -> ShownPapers:
    """The pages of a filing: a packet's own, Word forms typeset, data printed on the official pages.

    Args:
        workspace: programmes, templates and engines.
        folder: what came.
        out: the folder of results, which may lie inside.
        code: the programme that is taken in.
        name: where the filing lies.

    Raises:
        UsageError: there is no such filing any more.
        DataError: it cannot be read.
        ProgrammeError: the programme is at fault.
        PdfError: the engine failed.
    """
    programme = workspace.catalogue.load(code)
    with private("intake") as unpacked:
        found = Found(folder, out, unpacked)
        received = next((one for one in found.received if one.name == name), None)
        if received is None:
            raise UsageError("这份材料已经不在收到的文件夹里", "再运行一次接收")
        if received.kind == "packet":
            return _of_packet(received)
        if received.kind == "forms":
            return _of_forms(workspace, received, programme)
        return _of_data(workspace, received.files[0], programme, _DRAWN)


def _of_packet(received: Received) -> ShownPapers:
    with open_packet(received.files[0]) as packet:
        if packet.manifest is None:
            raise DataError("材料包里没有 manifest.json", "打开原来的文件看")
        manifest = parsed(packet.manifest, Place(received.name))
        papers = []
        for document in manifest.documents:
            file = document.file("pdf")
            data = packet.read(file.path) if file and file.path in packet.paths else None
            if data is not None:
                papers.append(Paper(document.title, data))
    return ShownPapers(papers, "" if papers else "这个材料包里没有 PDF，请打开里面的 Word 文件看")


def _of_forms(workspace: Workspace, received: Received, programme: Programme) -> ShownPapers:
    words = [(file.name, file.read_bytes()) for file in received.files if file.suffix.lower() == ".docx"]
    papers, refused = typeset(workspace, words)
    if papers:
        return ShownPapers(papers, "；".join(refused))
    read = read_back(workspace, received.files, programme.code, Path("intake.yaml"), write=False)
    note = f"{'；'.join(refused)}。这里是按读出的内容排出的官方页面"
    return _of_data(workspace, Upload("intake.yaml", read.data), programme, note)


def _of_data(workspace: Workspace, data: Data, programme: Programme, note: str) -> ShownPapers:
    pages = Preview(workspace).of(data, programme.code)
    shown = ShownPapers([Paper(title, pdf) for title, pdf in pages.pdfs], note)
    for place in (place for page in pages.pages for place in page.places):
        shown.exact.setdefault(place.path, (place.page, place.box))
    return shown


def path_of(issue: Issue, programme: Programme) -> str:
    """The field that an issue is about; empty where it is about none."""
    for sort in ("problem", "absent"):
        if issue.key.startswith(f"{sort}."):
            return issue.key.removeprefix(f"{sort}.")
    for rule in sorted((one.id for one in programme.conditions), key=len, reverse=True):
        if issue.key.startswith(f"rule.{rule}."):
            return issue.key.removeprefix(f"rule.{rule}.")
    return ""


def evidence(shown: ShownPapers, issue: Issue, programme: Programme) -> tuple[int, tuple[float, ...]] | None:
    """Where on the pages an issue can be seen, by page from 0 and box; None where that is not known.

    Args:
        shown: the filing's pages.
        issue: the issue.
        programme: the programme.
    """
    path = path_of(issue, programme)
    while path:
        near = next((place for one, place in shown.exact.items() if one.startswith(path)), None)
        if near is not None:
            return near
        path = path.rpartition(".")[0]
    for text in (issue.title, *issue.what.split("“")[1:2]):
        found = shown.find(text.partition("”")[0])
        if found is not None:
            return found
    return None
