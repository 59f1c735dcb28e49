"""Checks what was appended to a PDF when it was signed: fields, appearances, catalogue, titles.

pyHanko's own rules also accept new signature fields with any appearance, and a new title. Here only three things
may be appended: signatures in the published fields, time stamps, and the material that validates them.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, Final

from generator.base.ooxml.xml import parse

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Sequence

# What signing itself puts into a field, and into the catalogue (ISO 32000-1, 12.7.4.5 and 12.8.4.3; PAdES).
_SIGNING_FIELD: Final = frozenset({"/V", "/AP", "/AS", "/M", "/F", "/MK", "/Lock", "/SV"})
_SIGNING_FORM: Final = frozenset({"/Fields", "/SigFlags", "/DR", "/DA"})
_SIGNING_CATALOGUE: Final = frozenset(
    {"/AcroForm", "/DSS", "/Extensions", "/Metadata", "/Perms", "/Version", "/Pages"}
)
# Whoever writes a file says so here; everything else that it states of itself stays.
_WRITER_INFO: Final = frozenset({"/ModDate", "/Producer", "/Trapped"})
_SHOWN_XMP: Final = frozenset(
    {"title", "creator", "description", "subject", "Keywords", "part", "conformance", "rights", "CreateDate"}
)
# Links back to the page or the parent, which lead through the whole file.
_BACK: Final = frozenset({"/P", "/Parent", "/Prev", "/First", "/Last"})
_MOST_OBJECTS: Final = 20_000


def form_faults(reader: Any, signatures: Sequence[Any]) -> Iterator[str]:
    """What was appended beside signatures, in Chinese.

    Args:
        reader: pyHanko's, of the whole file, of which revision 0 is the file as it was made.
        signatures: pyHanko's embedded signatures.
    """
    last = reader.total_revisions - 1
    compare = _Comparison(reader, last)
    made, now = reader.get_historical_resolver(0), reader.get_historical_resolver(last)
    before, after = _fields(made.root), _fields(now.root)
    names = Counter(name for name, _, _ in after)
    yield from (f"有 {number} 个签名域同名“{name}”" for name, number in names.items() if number > 1)
    known = {name: (reference, field) for name, reference, field in before}
    yield from (f"签名域“{name}”不见了" for name in known if name not in names)
    revisions = {str(one.field_name): one.signed_revision for one in signatures}
    for name, reference, field in after:
        if name not in known:
            if not _is_time_stamp(field):
                yield f"后来加了签名域“{name}”"
        elif reference != known[name][0]:
            yield f"签名域“{name}”被换成了另一个"
        elif "/V" in known[name][1]:
            yield f"签名域“{name}”在生成时就有内容"
        elif "/V" not in field:
            if not compare.same(known[name][1], field):
                yield f"还没有签名的签名域“{name}”被改动"
        elif name in revisions:
            signed = {
                one: each for one, _, each in _fields(reader.get_historical_resolver(revisions[name]).root)
            }
            if name not in signed or not compare.same(known[name][1], signed[name], _SIGNING_FIELD):
                yield f"签名域“{name}”的位置或别的内容被改动"
            elif not compare.same(signed[name], field):
                yield f"“{name}”签名以后，它的签名或外观被改动"
        else:
            yield f"签名域“{name}”里不是签名"
    yield from _replayed(signatures)
    if not compare.same(_got(made.root, "/AcroForm", {}), _got(now.root, "/AcroForm", {}), _SIGNING_FORM):
        yield "表单被改动"
    if not compare.same(made.root, now.root, _SIGNING_CATALOGUE):
        yield "签名以外还改动了文件的目录"
    if _titles(made) != _titles(now):
        yield "文件的标题、作者等说明被改动"


def _fields(root: Any) -> list[tuple[str, Any, Any]]:
    """Every field of the form: its name, its reference, and itself."""
    form = _got(root, "/AcroForm")
    fields: Any = _got(form, "/Fields", ()) if form is not None else ()
    found = []
    for at in range(len(fields)):
        raw, field = fields.raw_get(at), fields[at]
        found.append((str(_got(field, "/T", "")), _number(raw), field))
    return found


def _is_time_stamp(field: Any) -> bool:
    """Whether a field holds a time stamp of the whole document, and shows nothing."""
    value = _got(field, "/V")
    rect = [float(edge) for edge in _got(field, "/Rect", (0, 0, 0, 0))]
    shows = "/Kids" in field or (rect[0] != rect[2] and rect[1] != rect[3])
    return value is not None and str(_got(value, "/Type", "")) == "/DocTimeStamp" and not shows


def _replayed(signatures: Sequence[Any]) -> Iterator[str]:
    """A fault for each signature that stands in more than one field."""
    seen: dict[bytes, str] = {}
    ranges: dict[tuple[int, ...], str] = {}
    for one in signatures:
        name, contents = str(one.field_name), bytes(one.pkcs7_content)
        covered = tuple(int(number) for number in one.byte_range)
        other = seen.get(contents) or ranges.get(covered)
        if other is not None:
            yield f"“{name}”里放的是“{other}”的签名"
        seen[contents] = ranges[covered] = name


def _titles(resolver: Any) -> tuple[object, ...]:
    """What a viewer shows of the file: title, author and the like, in both places that hold them."""
    info = _got(resolver.trailer_view, "/Info", {})
    shown = tuple(sorted((key, str(_got(info, key))) for key in info if key not in _WRITER_INFO))
    if "/Metadata" not in resolver.root:
        return shown, None
    root = parse(_resolved(resolver.root.raw_get("/Metadata")).data)
    texts: Counter[tuple[str, str]] = Counter()
    for element in root.iter():
        tag = str(element.tag).rpartition("}")[2]
        if tag in _SHOWN_XMP:
            texts[tag, " ".join("".join(element.itertext()).split())] += 1
        texts.update(
            (key.rpartition("}")[2], value)
            for key, value in element.attrib.items()
            if key.rpartition("}")[2] in _SHOWN_XMP
        )
    return shown, texts


class _Comparison:
    """Compares objects of two revisions; an object that no later revision has written again counts as equal."""

    def __init__(self, reader: Any, last: int) -> None:
        self._anew = {
            (reference.idnum, reference.generation)
            for revision in range(1, last + 1)
            for reference in reader.xrefs.explicit_refs_in_revision(revision)
        }
        self._seen: set[tuple[Any, Any]] = set()

    def same(self, one: Any, other: Any, leaving: Container[str] = ()) -> bool:
        """Whether two dictionaries are equal with all that they refer to, except some of their keys."""
        self._seen.clear()
        left, right = (
            {key: each.raw_get(key) for key in each if key not in leaving} if each else {}
            for each in (one, other)
        )
        return self._entries(left, right)

    def _entries(self, left: dict[str, Any], right: dict[str, Any]) -> bool:
        return left.keys() == right.keys() and all(
            _number(left[key]) == _number(right[key]) if key in _BACK else self._value(left[key], right[key])
            for key in left
        )

    def _value(self, one: Any, other: Any) -> bool:
        from pyhanko.pdf_utils import generic

        pair = (_number(one), _number(other))
        if all(pair):
            if pair in self._seen or (pair[0] == pair[1] and pair[0] not in self._anew):
                return True
            self._seen.add(pair)
            if len(self._seen) > _MOST_OBJECTS:
                return False
        one, other = _resolved(one), _resolved(other)
        if isinstance(one, generic.DictionaryObject) and isinstance(other, generic.DictionaryObject):
            left, right = ({key: each.raw_get(key) for key in each} for each in (one, other))
            if not self._entries(left, right):
                return False
            if isinstance(one, generic.StreamObject) and isinstance(other, generic.StreamObject):
                return bool(one.encoded_data == other.encoded_data)
            return isinstance(one, generic.StreamObject) is isinstance(other, generic.StreamObject)
        if isinstance(one, generic.ArrayObject) and isinstance(other, generic.ArrayObject):
            return len(one) == len(other) and all(
                self._value(one.raw_get(at), other.raw_get(at)) for at in range(len(one))
            )
        return bool(type(one) is type(other) and one == other)


def _got(owner: Any, key: str, default: Any = None) -> Any:
    """An entry of a dictionary, through its reference."""
    return owner[key] if key in owner else default  # noqa: SIM401 pyHanko's get gives the bare reference


def _number(raw: Any) -> tuple[int, int] | None:
    """An object's number and generation; None where it stands in its owner itself."""
    return (raw.idnum, raw.generation) if hasattr(raw, "idnum") else None


def _resolved(value: Any) -> Any:
    return value.get_object() if hasattr(value, "get_object") else value
