"""Which document of which programme a filled form is: by the title that it prints, and by nothing less.

How well a form fits says little: one province's form reads plausibly by another's template.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from msgspec import Struct
from rapidfuzz import fuzz

from generator.errors import DataError, Place
from generator.model.programme import Document, Programme
from generator.returns.forms.document import FilledForm, Paragraph
from generator.returns.forms.folding import fold

_FIRST: Final = 60  # blocks in which a title stands
_LINES: Final = 3  # lines over which it may run
_BEHIND: Final = 14  # characters that may follow it, as （编写提纲）
_TELLING: Final = 8  # a title without its province's name that is no shorter tells what it is
_LONGEST: Final = 60
_ALMOST: Final = 82.0


class _Title(Struct, frozen=True):
    programme: Programme
    document: Document

    @property
    def folded(self) -> str:
        return fold(self.document.title)

    def is_in(self, text: str) -> bool:
        """Whether a folded text is the title, as it stands or with the consortium's own name in it."""
        if text.startswith(self.folded) and len(text) <= len(self.folded) + _BEHIND:
            return True
        region, rest = self._parts
        return bool(rest) and text.startswith(region) and self.ends(text)

    def ends(self, text: str) -> bool:
        """Whether a folded text ends as the title does; before it stands the consortium's name."""
        rest = self._parts[1]
        return len(rest) >= _TELLING and len(text) <= _LONGEST and text.endswith(rest)

    @property
    def _parts(self) -> tuple[str, str]:
        region = fold(self.programme.region)
        return region, self.folded.removeprefix(region) if self.folded.startswith(region) else ""


def recognised(form: FilledForm, programme: Programme, known: Mapping[str, Programme]) -> Document:
    """The document of a programme that a filled form is.

    Args:
        form: the form.
        programme: the programme under which it is to be read.
        known: every programme by code, so that another's form can be named.

    Raises:
        DataError: it is another programme's form, an older one, or bears no title that is known.
    """
    lines = list(_lines(form))
    mine = [_Title(programme, one) for one in programme.documents]
    found = _named(lines, mine)
    place = Place(form.name)
    if found is not None:
        if found.document.rollup is not None:
            raise DataError(
                f"《{found.document.title}》是许多申报单位的汇总表，不能读成一份数据",
                "读各申报单位自己的材料",
                place,
            )
        return found.document
    others = [
        _Title(other, one)
        for code, other in known.items()
        if code != programme.code
        for one in other.documents
    ]
    foreign = _named(lines, others)
    if foreign is not None:
        code = foreign.programme.code
        raise DataError(
            f"这是“{foreign.programme.title}”的《{foreign.document.title}》，不是“{programme.title}”的材料",
            f"改用 -p {code} 来读，或换成本方案的材料",
            place,
        )
    named = next((one for text in map(fold, lines) for one in mine if one.ends(text)), None)
    if named is not None and not _of_another(lines, named, known):
        return named.document
    near = _nearly(lines, mine)
    titles = "、".join(f"《{one.document.title}》" for one in mine if one.document.rollup is None)
    if near is not None:
        line, title = near
        raise DataError(
            f"题名是“{line}”，本方案的是《{title.document.title}》，可能是旧的或别处的表",
            "换成本方案现在的表；确是这一份的，把题名改成一致后重试",
            place,
        )
    raise DataError("开头没有找到本方案任何一份材料的题名", f"本方案的材料是{titles}，核对选对了文件", place)


def _lines(form: FilledForm) -> Iterator[str]:
    for block in form.blocks[:_FIRST]:
        if isinstance(block, Paragraph):
            yield block.text
        else:
            yield from (one.text for cell in block.cells for one in cell.paragraphs if not one.above)


def _runs(lines: list[str]) -> Iterator[str]:
    """Each line, and each few lines together, folded; in order."""
    for at in range(len(lines)):
        text = ""
        for line in lines[at : at + _LINES]:
            text += fold(line)
            yield text


def _named(lines: list[str], titles: Iterable[_Title]) -> _Title | None:
    """The title that stands first, of several the longest."""
    ordered = sorted(titles, key=lambda one: -len(one.folded))
    for text in _runs(lines):
        for title in ordered:
            if title.is_in(text):
                return title
    return None


def _of_another(lines: list[str], title: _Title, known: Mapping[str, Programme]) -> bool:
    """Whether the line that ends as a title does begins with another province's name."""
    provinces = {name for one in known.values() for name in one.words.provinces}
    own = title.programme.region
    return any(
        title.ends(fold(line)) and any(fold(line).startswith(fold(name)) for name in provinces if name != own)
        for line in lines
    )


def _nearly(lines: list[str], titles: Iterable[_Title]) -> tuple[str, _Title] | None:
    best: tuple[float, str, _Title] | None = None
    for line in lines:
        for title in titles:
            score = fuzz.ratio(fold(line), title.folded)
            if score >= _ALMOST and (best is None or score > best[0]):
                best = (score, line.strip(), title)
    return best[1:] if best is not None else None
