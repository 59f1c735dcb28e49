"""Records that fill every field a programme has, with texts of every sort that loading lets pass."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path
from random import Random
from typing import Any

from generator.base.ooxml.bookmarks import anchors
from generator.base.tree import (
    Entries,
    Entry,
    Items,
    Node,
    Scalar,
)
from generator.errors import Place
from generator.model.consortium import LEAD, MEMBER, OF_A_FILING, Passage
from generator.model.fields import FieldSpec, Part
from generator.model.programme import Programme
from generator.model.value_kinds import (
    Choice,
    Count,
    CreditCode,
    Date,
    Flag,
    LongText,
    Money,
    Share,
    Year,
)
from generator.readers.meaning import regular_name
from generator.readers.placeholders import is_placeholder
from generator.readers.source_file import Source

COMMON = "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种面而方后多定行学法所民得经十三之进着等部度家电力里如水化高自二理起小物现实加量都两体制机当使点从业本去把性好应开它合还因由其些然前外天政四日那社义事平形相全表间样与关各重新线内数正心反你明看原又么利比或但质气第向道命此变条只没结解问意建月公无系军很情者最立代想已通并提直题党程展五果料象员革位入常文总次品式活设及管特件长求老头基资边流路级少图山统接知较将组见计别她手角期根论运农指几九区强放决西被干做必战先回则任取据处队南给色光门即保治北造百规热领七海口东导器压志世金增争济阶油思术极交受联什认六共权收证改清己美再采转更单风切打白教速花带安场身车例真务具万每目至达走积示议声报斗完类八离华名确才科张信马节话米整空元况今集温传土许步群广石记需段研界拉林律叫且究观越织装影算低持音众书布复容儿须际商非验连断深难近矿千周委素技备半办青省列习响约支般史感劳便团往酸历市克何除消构府称太准精值号率族维划选标写存候毛亲快效斯院查江型眼王按格养易置派层片始却专状育厂京识适属圆包火住调满县局照参红细引听该铁价严"
RARE = "㛃𬭎䶮喆堃燚昇"
OTHER = "ABCxyz0123456789&<>\"'{}%#$*_~^\\/@+=-.,;:!?()[]，。；：！？、（）《》“”‘’—…·％①②ⅢμΩ℃²"


def text(random: Random, longest: int = 24) -> str:
    pool = COMMON * 3 + RARE * 2 + OTHER * 2
    letters = [random.choice(pool) for _ in range(random.randint(1, longest))]
    if len(letters) > 6 and random.random() < 0.2:
        letters[3] = " "
    made = "".join(letters).strip() or "甲"
    return "甲" if is_placeholder(made) else made


def value(spec: FieldSpec, random: Random) -> str:
    kind = spec.kind
    match kind:
        case Choice():
            return random.choice(kind.options)
        case Money():
            return f"{random.randint(0, 9_999_999)}.{random.randint(0, 99):02d}"
        case Share():
            return f"{random.randint(0, 100)}%"
        case Count():
            return str(random.randint(spec.bounds.least or 0, spec.bounds.most or 99_999))
        case Year():
            return str(random.randint(1990, 2009))
        case Date():
            return f"20{random.randint(10, 30)}-{random.randint(1, 12):02d}-{random.randint(1, 28):02d}"
        case Flag():
            return random.choice(["是", "否"])
        case CreditCode():
            return "".join(random.choice("0123456789ABCDEFGHJKLMNPQRTUWXY") for _ in range(18))
        case LongText():
            return "\n".join(text(random, 60) for _ in range(random.randint(1, 2)))
        case _:
            made = text(random)
            return (regular_name(made) or "甲") if spec.reads in {"name", "province"} else made


# Without these there is nothing to judge or to print.
_ALWAYS = ("name", "members.role", "members.name")


def fields(part: type[Part], where: str = "") -> Iterator[str]:
    """The fields that a record may have or lack, by path without indexes."""
    for name, spec in part.specs().items():
        here = f"{where}.{name}" if where else name
        if here in {"attachments", "letters"} or here in OF_A_FILING or here in _ALWAYS:
            continue
        if spec.shape == "map" or spec.part is None or spec.part is Passage:
            yield here
        else:
            yield from fields(spec.part, here)


def record(
    part: type[Part],
    ids: dict[str, list[str]],
    number: int,
    kept: Collection[str] | None = None,
    *,
    where: str = "",
    at: str = "",
) -> dict[str, Any]:
    """A record of a model.

    Args:
        part: the model, or a part of it.
        ids: the keys of its maps, by path.
        number: which record; a field has the same value in it whatever other fields there are.
        kept: the fields to have, as ``fields`` names them; all, if none are given.
        where: the part's path in the model.
        at: the part's place in the record.
    """
    made: dict[str, Any] = {}
    for name, spec in part.specs().items():
        here = f"{where}.{name}" if where else name
        if here in {"attachments", "letters"} or here in OF_A_FILING:
            continue
        random = Random(f"{number} {at}.{name}")
        whole = kept is None or here in kept or here in _ALWAYS
        if spec.shape == "map":
            if whole:
                made[name] = {key: "\n".join(text(random, 40) for _ in range(2)) for key in ids.get(here, [])}
            continue
        count = 1 if spec.shape == "one" else random.randint(1, 3)
        items: list[Any] = []
        for index in range(count):
            if spec.part is None:
                items += [value(spec, random)] if whole else []
            elif spec.part is Passage:
                items += [text(random, 40)] if whole else []
            else:
                below = record(spec.part, ids, number, kept, where=here, at=f"{at}.{name}[{index}]")
                items += [below] if below else []
        if items:
            made[name] = items if spec.shape == "list" else items[0]
    if where == "":
        for index, member in enumerate(made["members"]):
            member["role"] = MEMBER if index else LEAD
    return made


def text_ids(programme: Programme) -> dict[str, list[str]]:
    """The ids of the clauses and sections that the programme's templates have."""
    ids: dict[str, list[str]] = {"agreement.clauses": [], "plan.sections": []}
    for document in programme.documents:
        for anchor in anchors(programme.folder / document.template):
            key = {"clause": "agreement.clauses", "section": "plan.sections"}.get(anchor.kind)
            if key and anchor.id not in ids[key]:
                ids[key].append(anchor.id)
    return ids


def source_of(content: dict[str, Any]) -> Source:
    """The same content as a file that has been read."""
    place = Place("记录.yaml", 1)

    def node(item: Any) -> Node:
        if isinstance(item, dict):
            return Entries(tuple(Entry(key, place, node(below)) for key, below in item.items()), place)
        if isinstance(item, list):
            return Items(tuple(node(below) for below in item), place)
        return Scalar(item, place)

    root = node(content)
    assert isinstance(root, Entries)
    return Source(root, "记录.yaml", Path(), b"")
