"""Making packets: one for each programme that a data file is meant for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from msgspec import Struct

from generator.errors import ExitCode, LianhetiError, UsageError
from generator.model.findings import Finding
from generator.model.programme import Programme, SigningPages
from generator.packet.assessment import Order
from generator.packet.manifest import unused
from generator.packet.parts import Packet
from generator.packet.pipeline import build, put
from generator.packet.print_layout import Sides
from generator.pdf.engines.open import EngineName
from generator.publishing import Published, recover
from generator.publishing.manifest import Sheets
from generator.rendering.values import Edition
from generator.workflows.choose import chosen_programmes
from generator.workflows.inputs import Accepted, Data, opened
from generator.workflows.progress import Listener, tell, tell_notices
from generator.workflows.workspace import Workspace


class Done(Struct, frozen=True):
    """A packet that stands in the output folder."""

    packet: Packet
    published: Published


class PacketResult(Struct, frozen=True):
    """One packet, or why there is none.

    Attributes:
        programme: whose packet it is.
        done: the packet and where it stands; None where it could not be made.
        error: why not; None where it was made.
    """

    programme: Programme
    done: Done | None
    error: LianhetiError | None = None

    @property
    def exit_code(self) -> ExitCode:
        """The kind of the error, or DONE."""
        return self.error.exit_code if self.error else ExitCode.DONE

    @property
    def findings(self) -> tuple[Finding, ...]:
        """The verdicts on the data."""
        return self.done.packet.job.findings if self.done else ()

    @property
    def warnings(self) -> tuple[str, ...]:
        """What a person should look to, in Chinese."""
        return self.done.packet.manifest.warnings if self.done else ()

    @property
    def unused(self) -> tuple[str, ...]:
        """Chinese titles of the given values that nothing of the packet uses."""
        packet = self.done.packet if self.done else None
        return tuple(one.title for one in unused(packet.job, packet.documents)) if packet else ()

    @property
    def files(self) -> tuple[Path, ...]:
        """Every file of the packet, and its archive."""
        if self.done is None:
            return ()
        folder = self.done.published.folder
        return (*(folder / file.path for file in self.done.packet.files), self.done.published.archive)

    @property
    def missing(self) -> tuple[str, ...]:
        """Chinese titles of what the documents mark as still to be filled in, sorted."""
        documents = self.done.packet.documents if self.done else ()
        return tuple(sorted({title for each in documents for title in each.record.missing.values()}))

    def as_json(self) -> dict[str, Any]:
        """The result as a JSON object."""
        if self.error is not None:
            return {
                "programme": self.programme.code,
                "error": str(self.error),
                "exit_code": int(self.exit_code),
            }
        if self.done is None:
            raise RuntimeError("neither a packet nor an error")
        published = self.done.published
        return {
            "programme": self.programme.code,
            "folder": published.folder.as_posix(),
            "archive": published.archive.as_posix(),
            "moved_aside": published.moved_aside.as_posix() if published.moved_aside else None,
            "findings": [finding.as_json() for finding in self.findings],
            "manifest": self.done.packet.manifest.as_json(),
        }


class Packets(Struct, frozen=True):
    """What became of each packet.

    Attributes:
        results: one a programme.
    """

    results: tuple[PacketResult, ...]

    @property
    def exit_code(self) -> ExitCode:
        """Of several, the highest of 3 to 6 wins over 1."""
        return max((result.exit_code for result in self.results), default=ExitCode.DONE)

    def as_json(self) -> dict[str, Any] | list[dict[str, Any]]:
        """The result as one JSON object, or a list of them where there are several packets."""
        found = [result.as_json() for result in self.results]
        return found[0] if len(found) == 1 else found


def make_packets(
    workspace: Workspace,
    data: Data,
    root: Path,
    codes: Sequence[str] = (),
    *,
    edition: Edition = "draft",
    engine: EngineName | None = "typst",
    accept: Accepted | None = None,
    force: bool = False,
    sides: Sides | None = None,
    signing_pages: SigningPages | None = None,
    page_codes: bool = False,
    sheets: Sheets | None = None,
    progress: Listener | None = None,
    made: Callable[[PacketResult], None] | None = None,
) -> Packets:
    """Make packets from a data file and publish them; what one programme refuses stops no other.

    Args:
        workspace: programmes, templates, faces and engines.
        data: the file, or one in memory.
        root: the output folder.
        codes: the programmes; those that the data has filings for, where empty.
        edition: draft or signing.
        engine: the PDF engine; None for Word files alone.
        accept: reasons for accepted conditions, by programme and rule.
        force: move packets that a person has changed aside.
        sides: print on both sides of the paper (duplex) or on one (simplex); None for what the data say.
        signing_pages: how agreements are signed, whatever the data say; None for what data and programme say.
        page_codes: put a small QR code in the margin of every page, by which ``receive`` knows it.
        sheets: which internal sheets are made: all, conditions and checklist alone (checks), or none; None for
            all in a signing edition and the checks in a draft.
        progress: is told of each step before it begins, and of interrupted runs that were put right.
        made: is told of each packet as soon as it stands, or could not be made.

    Returns:
        A result for each programme. That data or signing was refused, or writing failed, is an error there.

    Raises:
        DataError: the file cannot be read.
        UsageError: there is no such programme, or none is named; codes are wanted and no PDFs.
        ProgrammeError: a programme is at fault.
        OutputError: the output folder cannot be used.
    """
    if page_codes and engine is None:
        raise UsageError("不生成 PDF，就没有页可以印页边码", "去掉 --no-pdf 或 --page-code")
    with workspace.session(engine) as session:
        session.warm_up()
        tell(progress, "读取数据")
        with opened(data) as source:
            programmes = chosen_programmes(workspace.catalogue, codes, source)
            tell_notices(progress, recover(root))
            results: list[PacketResult] = []
            for number, programme in enumerate(programmes):
                order = Order(
                    edition,
                    (accept or {}).get(programme.code, {}),
                    force,
                    signing_pages=signing_pages,
                    sides=sides,
                    page_codes=page_codes,
                    sheets=sheets,
                )
                tell(progress, f"生成“{programme.short_title}”的材料", number, len(programmes))
                try:
                    packet = build(source, programme, order, session)
                    tell(progress, f"写入“{programme.short_title}”的材料", number, len(programmes))
                    result = PacketResult(programme, Done(packet, put(packet, root, force=force)))
                except LianhetiError as error:
                    result = PacketResult(programme, None, error)
                results.append(result)
                if made is not None:
                    made(result)
    return Packets(tuple(results))
