"""A programme: one scheme of one province, as its folder's ``programme.yaml`` describes it.

The models here are the format of that file (docs/programme-format.md is their reference). Finding and
reading the folders is ``generator.model.catalogue``'s business.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from datetime import date
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from generator.base.ooxml.bookmarks import anchors
from generator.errors import ProgrammeError
from generator.model.consortium import Consortium
from generator.model.fields import Bounds, OwnField, Reads, extend
from generator.model.paths import PASSAGES
from generator.model.value_kinds import KINDS, Date

Level = Literal["must", "in_principle", "preferred"]
Verdict = Literal["pass", "fail", "warn", "unknown", "judge"]
SigningPages = Literal["shared", "one-per-party"]
Scalar = str | int | bool
# By a field: one wanted value, several of which any will do, or operators (``FIGURE_OPERATORS``) that all must hold.
Criteria = dict[str, Scalar | tuple[Scalar, ...] | dict[str, Scalar | tuple[Scalar, ...]]]


def _day(given: Any) -> Any:
    """A day as people write it, as 2022年8月26日; anything else is for pydantic to judge."""
    if not isinstance(given, str):
        return given
    try:
        return Date().read(given)
    except ValueError:
        return given


def _yes(given: Any) -> Any:
    return {"是": True, "否": False}.get(given, given) if isinstance(given, str) else given


Day = Annotated[date, BeforeValidator(_day)]
YesNo = Annotated[bool, BeforeValidator(_yes)]


class _Model(BaseModel):
    # Built when first used: a scheme that is kept as it was read (``kept_models``) is not validated again.
    model_config = ConfigDict(extra="forbid", frozen=True, ignored_types=(cached_property,), defer_build=True)


class Defect(_Model):
    """A known defect of the official text, which the documents keep as printed."""

    where: str
    text: str
    note: str


class Source(_Model):
    """The official text that a programme rests on."""

    title: str
    number: str = ""
    issued: Day | None = None
    annexes: tuple[str, ...] = ()
    rebuilt: str = Field(default="", description="how the templates came about, as 依据公开文本重建")
    defects: tuple[Defect, ...] = ()


class Validity(_Model):
    """From when to when the scheme can be filed under; open ends are left out."""

    start: Day | None = None
    end: Day | None = None
    note: str = ""


class Words(_Model):
    """What people write for things that have one name: ``common/words.yaml``.

    ``choices`` gives, by a field's path without indexes, other words for its options; ``provinces`` the
    short names of each province by its full one.
    """

    provinces: dict[str, tuple[str, ...]] = {}
    choices: dict[str, dict[str, tuple[str, ...]]] = {}


class OwnFieldModel(_Model):
    """A field of the programme's own, as ``members[].fax``."""

    path: str
    title: str
    kind: str = Field(default="", description="text, long_text, count, money, …; empty for a group")
    unit: str = ""
    options: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    help: str = ""
    example: str = ""
    reads: Reads = Field(
        default="", description="what a text is: name, province, phone or mail; empty for any text"
    )
    min: int | None = Field(default=None, description="less is impossible, in the field's unit")
    max: int | None = Field(default=None, description="more is impossible, in the field's unit")

    @model_validator(mode="after")
    def _known_kind(self) -> OwnFieldModel:
        if self.kind and self.kind not in KINDS:
            raise ValueError(f"没有“{self.kind}”这个种类，可用：{'、'.join(KINDS)}")
        if (self.kind == "choice") != bool(self.options):
            raise ValueError("种类 choice 要写 options，别的种类不写")
        return self

    def declaration(self) -> OwnField:
        """The same as the model's extension takes it."""
        kind = None
        if self.kind:
            given = {"unit": self.unit} if self.unit else {}
            kind = KINDS[self.kind](**given, options=self.options)
        return OwnField(
            self.path,
            self.title,
            kind,
            self.aliases,
            self.help,
            self.example,
            self.reads,
            Bounds(least=self.min, most=self.max),
        )


# When somebody signs: with the consortium (its seal goes over the edges too), an opinion before the papers are
# filed, or a decision on them afterwards.
Stage = Literal["ours", "opinion", "decision"]
STAGES: Final[Mapping[str, Stage]] = {
    "lead": "ours",
    "members": "ours",
    "recommender": "opinion",
    "authority": "decision",
}


class Party(_Model):
    """Somebody else who signs: a second recommending body or authority, a person by office.

    Either ``name`` is its full name, the same for every consortium, or ``field`` is the path of the data that
    names it; a path through a list names several.
    """

    id: str
    title: str
    name: str = ""
    field: str = ""
    stage: Stage = "opinion"
    when: Criteria = Field(default={}, description="where it signs at all, as of a condition")

    @model_validator(mode="after")
    def _named(self) -> Party:
        if bool(self.name) == bool(self.field):
            raise ValueError(f"签署方 {self.id} 的 name 和 field 要写且只写一个")
        if self.id in STAGES:
            raise ValueError(f"签署方的编号 {self.id} 已有固定的意思，换一个")
        return self


class Signatory(_Model):
    """Who signs or seals a document, and where.

    ``role`` names the place: the bookmark ``sign.<role>`` in the template. ``party`` says whose name stands
    there: each lead's, each member's (leads with them), the recommending body's, the authority's, or that of a
    party that the programme declares.
    """

    role: str
    party: str = Field(description="lead, members, recommender, authority, or the id of one of parties")
    title: str = Field(description="as printed beside the place, as 牵头单位意见")
    seal: YesNo = True
    signer: str = Field(
        default="", description="who signs by hand, as 法定代表人; empty where only a seal is put"
    )
    dated: YesNo = Field(default=True, description="a blank for a date by hand stands at the place")


class Variant(_Model):
    """Another template of a document, used where the data says so."""

    template: str
    when: dict[str, str]


class Rollup(_Model):
    """A document that is a table over many applicants; its template loops over ``applicants``."""

    rows_per_page: int = Field(gt=0)


class SummaryColumn(_Model):
    """One column of the department's workbook over many filings.

    ``value`` names a figure, a list (its items are counted) or a field.
    """

    title: str = Field(default="", description="its head; the figure's or the field's title where empty")
    value: str
    of: str = Field(default="", description="value is printed as a share of this figure, list or number")
    unit: str = Field(default="", description="the unit of amounts; the field's own where empty")
    total: YesNo | None = Field(
        default=None, description="add it up; where not said, counts, sums and amounts are"
    )
    group: YesNo | None = Field(
        default=None, description="count the filings by its values; where not said, of choices and yes or no"
    )


class SummaryTable(_Model):
    """The department's workbook over many filings."""

    columns: tuple[SummaryColumn, ...] = ()
    workbook: str = Field(
        default="", description="a workbook of the folder's, with tags in the row that each filing fills"
    )

    @model_validator(mode="after")
    def _some(self) -> SummaryTable:
        if not self.columns and not self.workbook:
            raise ValueError("summary 要写 columns 或 workbook")
        return self


class Purpose(StrEnum):
    """What a document is for; the code asks for this, never for a document's id."""

    MAIN = "main"
    AGREEMENT = "agreement"  # what all members sign, and what an amendment amends
    LETTER = "letter"  # one party's, as its authorisation of a delegate
    AMENDMENT = "amendment"


class Cover(_Model):
    """One sort of original of a document, as 正本 or 副本, which its cover names."""

    word: str
    copies: int | None = Field(default=None, gt=0)


class Document(_Model):
    """One document of the scheme."""

    id: str
    purpose: Purpose = Purpose.MAIN
    title: str = Field(description="the official title, as printed on the annex")
    template: str
    variants: tuple[Variant, ...] = ()
    filing: Literal["paper", "entry-draft"] = "paper"
    self_drafted: YesNo = False
    for_each: Literal["", "members[]"] = Field(
        default="", description="one of it for each member, or each that where picks"
    )
    where: Criteria = Field(default={}, description="which members, as of a figure; only with for_each")
    when: Criteria = Field(default={}, description="whether there is one at all, as of a condition")
    copies: int | None = None
    covers: tuple[Cover, ...] = Field(
        default=(), description="its originals by the word on their covers: a file for each"
    )
    signatories: tuple[Signatory, ...] = ()
    rollup: Rollup | None = None
    note: str = ""

    @model_validator(mode="after")
    def _each(self) -> Document:
        if self.where and not self.for_each:
            raise ValueError(f"文件 {self.id} 写了 where，没有写 for_each: members[]")
        if self.for_each and (self.rollup or self.purpose is Purpose.AGREEMENT):
            raise ValueError(f"文件 {self.id} 是协议或汇总表，不能写 for_each")
        if self.covers and (self.for_each or self.rollup or self.purpose is Purpose.AGREEMENT):
            raise ValueError(f"文件 {self.id} 是协议、汇总表或每家一份的，不能写 covers")
        words = [cover.word for cover in self.covers]
        if len(set(words)) < len(words):
            raise ValueError(f"文件 {self.id} 的 covers 里有两项的 word 相同")
        return self


class CommonDocuments(_Model):
    """The documents of ours that any programme or dataset can choose: ``common/documents.yaml``."""

    schema_version: int = Field(alias="schema")
    documents: tuple[Document, ...]

    @model_validator(mode="after")
    def _known_parties(self) -> CommonDocuments:
        for document in self.documents:
            for signatory in document.signatories:
                if signatory.party not in STAGES:
                    raise ValueError(f"文件 {document.id} 的 party 只能写{'、'.join(STAGES)}")
        return self


class Figure(_Model):
    """A named figure that conditions and messages use; exactly one of the operations is given.

    Lists are paths with ``[]``. ``where`` picks list items by their fields, in the order written: a field
    is needed only of items that the fields before it have picked. A field's wanted value is one value, a
    list of which any will do, or operators (``FIGURE_OPERATORS``) that must all hold.

    In the file an operation is a key with what it looks at: ``count: members[]``. Which operations there
    are, and what each looks at, is told where the figure is checked (``generator.conditions.operations``).

    Attributes:
        operation: the operation's name.
        arguments: the paths, or the programme's own fact, that it looks at.
    """

    operation: str
    arguments: tuple[str, ...] = Field(min_length=1)
    title: str = ""
    unit: str = ""
    where: Criteria = {}
    last: int | None = Field(default=None, description="of accounts: only the latest so many years")

    @model_validator(mode="before")
    @classmethod
    def _operation_as_key(cls, given: Any) -> Any:
        if not isinstance(given, dict) or "operation" in given:
            return given
        rest = {name: value for name, value in given.items() if name in cls.model_fields}
        operations = {name: value for name, value in given.items() if name not in rest and value is not None}
        if len(operations) != 1:
            found = f"，现有{'、'.join(map(str, operations))}" if operations else ""
            raise ValueError(f"要写且只写一种算法{found}")
        ((operation, looked_at),) = operations.items()
        return {
            **rest,
            "operation": operation,
            "arguments": (looked_at,) if isinstance(looked_at, str) else looked_at,
        }


FIGURE_OPERATORS = ("is", "not", "given", "min", "max", "from", "to")


class Condition(_Model):
    """One condition of the scheme.

    ``needs`` names figures and paths. The expression ``test`` (CEL) sees the figures it needs, never a
    missing value: what is missing makes the verdict ``unknown`` first. A condition without a test is for
    a person to judge. ``counts`` with its bounds is a test that needs no expression: the sentence of a
    workbook's row. ``counted`` is ``both`` where the text doesn't say whether the lead is counted:
    figures over ``members[]`` are then taken with and without it.
    """

    id: str
    title: str
    clause: str
    quote: str = ""
    level: Level = "must"
    when: Criteria = Field(
        default={}, description="where it applies: figures or single fields, in the form of a figure's where"
    )
    counts: str = Field(
        default="", description="what is counted or measured: a figure, a list, or a field that is a number"
    )
    who: Criteria = Field(default={}, description="which items of the list, in the form of a figure's where")
    at_least: Scalar | None = Field(
        default=None, description="the smallest number, amount or date that will do"
    )
    at_most: Scalar | None = Field(
        default=None, description="the largest number, amount or date that will do"
    )
    share: str = Field(default="", description="its share of share_of, as ≥50%, >50% or ≤30%")
    share_of: str = Field(
        default="",
        description="what the share is of: a figure, a list or a number; by default the whole list",
    )
    needs: tuple[str, ...] = ()
    test: str | None = None
    counted: Literal["all", "both"] = "all"
    when_missing: Literal["unknown", "skip"] = "unknown"
    field: str = Field(default="", description="the path that the finding points to")
    passed: str = Field(default="", alias="pass", description="message, {figure} filled in")
    failed: str = Field(default="", alias="fail", description="message, {figure} filled in")
    remedy: str = ""
    judge: str = Field(default="", description="what a person should look at")
    note: str = ""

    @model_validator(mode="after")
    def _one_test(self) -> Condition:
        bounds = (self.at_least, self.at_most, self.share or None)
        if self.counts:
            if self.test is not None or self.needs:
                raise ValueError("写了 counts 的条件不再写 needs 和 test")
            if all(bound is None for bound in bounds):
                raise ValueError("写了 counts 的条件要写 at_least、at_most、share 中的至少一项")
        elif self.who or self.share_of or any(bound is not None for bound in bounds):
            raise ValueError("at_least、at_most、share、share_of 和 who 要与 counts 一起写")
        if self.share_of and not self.share:
            raise ValueError("写了 share_of 的条件要写 share")
        return self


class Limit(_Model):
    """How many 字 a text may or must have."""

    path: str
    together: tuple[str, ...] = Field(
        default=(), description="fields beside it whose texts stand in the same cell and count with it"
    )
    max: int | None = None
    min: int | None = None
    clause: str
    quote: str = ""
    level: Level = "must"


class ChecklistItem(_Model):
    """One thing to be attached."""

    id: str
    title: str
    purpose: Literal[Purpose.LETTER] | None = Field(
        default=None, description="documents of this purpose in the packet are what is to be attached"
    )
    document: str = Field(
        default="", description="id of a common document that is made for it where the data name no file"
    )
    required: YesNo = True
    per_member: YesNo = False
    when: Criteria = Field(
        default={},
        description="where it is asked for: figures or single fields, in the form of a figure's where",
    )
    clause: str = ""
    note: str = ""


class Copies(_Model):
    """How many originals, and who keeps them."""

    total: int | None = None
    holders: tuple[str, ...] = ()
    clause: str = ""
    note: str = ""


class Route(_Model):
    """One way of filing."""

    name: str
    through: tuple[str, ...] = Field(description="who receives the papers, in order")
    recommender: YesNo = True
    note: str = ""


class Deadline(_Model):
    """A date by which something is due."""

    what: str
    when: str
    date: Day | None = Field(default=None, description="the day itself, for figures")
    clause: str = ""


class Channel(_Model):
    """How the papers reach the authority."""

    system: str = Field(default="", description="the web system, where there is one")
    note: str = ""
    clause: str = ""


Merge = Literal["separate", "by-kind", "all"]


UPLOAD_NAME_FIELDS = ("序号", "标题", "联合体", "牵头单位")
_UPLOAD_NAME_FIELD = re.compile(r"\{([^{}]*)\}")


def upload_name_fault(pattern: str) -> str:
    """What is wrong with a pattern of names of files for upload, in Chinese; empty where nothing is."""
    unknown = [name for name in _UPLOAD_NAME_FIELD.findall(pattern) if name not in UPLOAD_NAME_FIELDS]
    if unknown or set("{}") & set(_UPLOAD_NAME_FIELD.sub("", pattern)):
        known = "、".join(f"{{{name}}}" for name in UPLOAD_NAME_FIELDS)
        return f"文件名“{pattern}”里的花括号写法不对，可用的有{known}"
    return ""


def filled_upload_name(pattern: str, values: dict[str, str]) -> str:
    """A sound pattern with the values of its fields."""
    return _UPLOAD_NAME_FIELD.sub(lambda found: values[found[1]], pattern)


class UploadFile(_Model):
    """One file for upload, or one of each of several things."""

    of: tuple[str, ...] = Field(
        min_length=1,
        description="ids of documents, attachments.<id>; documents and attachments for all that no file names",
    )
    title: str = Field(default="", description="what it is; of the first thing in it where empty")
    name: str = Field(default="", description="as of the profile, for this file alone")
    each: YesNo = Field(default=False, description="a file for each of them, instead of one of all")


class Upload(_Model):
    """The filing profile: what files a web system takes."""

    portal: str = Field(default="", description="the web system")
    name: str = Field(default="", description="pattern of the files' names, as {序号}-{标题}")
    merge: Merge = "separate"
    max_megabytes: int | None = Field(default=None, gt=0, description="how large a file may be")
    formats: tuple[Literal["pdf", "docx"], ...] = ("pdf",)
    files: tuple[UploadFile, ...] = Field(default=(), description="which files, instead of merge")

    @model_validator(mode="after")
    def _sound(self) -> Upload:
        for pattern in (self.name, *(file.name for file in self.files)):
            if fault := upload_name_fault(pattern):
                raise ValueError(f"upload 的{fault}")
        return self


class Provision(_Model):
    """What the official text says on one matter, word for word."""

    clause: str
    quote: str = ""
    note: str = ""


class Delegation(Provision):
    """Whether a delegate may sign for a party's legal representative; ``condition`` judges it."""

    rule: Literal["allowed", "forbidden", "silent"]
    clause: str = ""
    condition: str = ""


class Programme(_Model):
    """One scheme: identity, documents, fields of its own, conditions, limits and filing."""

    schema_version: int = Field(alias="schema")
    code: str
    title: str
    short_title: str
    noun: str = Field(default="创新联合体", description="what a consortium is called: 创新联合体, 联盟")
    authority: str
    region: str = Field(description="the province's full name, as 某某省")
    source: Source
    validity: Validity = Validity()
    year: int | None = Field(default=None, description="the year that the forms print, where they print one")
    name_pattern: str = ""
    documents: tuple[Document, ...]
    parties: tuple[Party, ...] = Field(
        default=(), description="who signs besides leads, members, recommending body and authority"
    )
    fields: tuple[OwnFieldModel, ...] = ()
    labels: dict[str, str] = {}
    synonyms: dict[str, dict[str, tuple[str, ...]]] = Field(
        default={}, description="by a field's path: other words for its options"
    )
    figures: dict[str, Figure] = {}
    conditions: tuple[Condition, ...] = ()
    limits: tuple[Limit, ...] = ()
    attachments: tuple[ChecklistItem, ...] = ()
    copies: Copies = Copies()
    channel: Channel = Channel()
    upload: Upload | None = Field(default=None, description="the files that a web system takes")
    routes: tuple[Route, ...] = ()
    deadlines: tuple[Deadline, ...] = ()
    effect: Provision | None = Field(default=None, description="when the agreement takes effect")
    amendment: Provision | None = Field(default=None, description="how members and lead are changed")
    delegates: Delegation = Delegation(rule="silent")
    signing_pages: SigningPages = Field(
        default="shared", description="how an agreement is signed where the data do not say"
    )
    summary: SummaryTable | None = Field(
        default=None, description="the department's workbook over many filings, beside the official table"
    )
    common_off: tuple[str, ...] = Field(
        default=(), description="ids of common rules that do not hold for this programme"
    )
    notes: tuple[str, ...] = ()
    folder: Path = Field(default=Path(), exclude=True)
    file_name: str = Field(default="programme.yaml", exclude=True, description="the file that describes it")
    words: Words = Field(default=Words(), exclude=True, description="the common words with this scheme's")

    @model_validator(mode="after")
    def _known_condition(self) -> Programme:
        wanted = self.delegates.condition
        if wanted and all(condition.id != wanted for condition in self.conditions):
            raise ValueError(f"delegates 的 condition “{wanted}”不在 conditions 之中")
        return self

    @model_validator(mode="after")
    def _known_parties(self) -> Programme:
        ids = [party.id for party in self.parties]
        if twice := next((one for one in ids if ids.count(one) > 1), None):
            raise ValueError(f"parties 里的编号“{twice}”用了两次")
        for document in self.documents:
            for signatory in document.signatories:
                if signatory.party not in {*STAGES, *ids}:
                    known = "、".join(f"“{one}”" for one in (*STAGES, *ids))
                    raise ValueError(
                        f"文件“{document.title}”的 party“{signatory.party}”不是签署方，可用：{known}"
                    )
        return self

    @model_validator(mode="after")
    def _uploaded(self) -> Programme:
        items = {f"attachments.{item.id}" for item in self.attachments}
        for name in (name for file in (self.upload.files if self.upload else ()) for name in file.of):
            if name.startswith("attachments.") and name not in items:
                raise ValueError(f"upload 的 of 里的“{name}”不在附件清单里")
        return self

    @model_validator(mode="after")
    def _own_purposes(self) -> Programme:
        made = {Purpose.LETTER, Purpose.AMENDMENT}
        for document in self.documents:
            if document.purpose in made:
                raise ValueError(
                    f"文件 {document.id} 的 purpose 只能写 main 或 agreement，别的由程序自己生成"
                )
            binding = any(one.party == "members" and one.signer for one in document.signatories)
            if document.purpose is Purpose.AGREEMENT and not binding:
                raise ValueError(f"文件 {document.id} 是协议，却没有全体成员单位签字的 signatories")
        return self

    @cached_property
    def model(self) -> type[Consortium]:
        """The consortium model with the programme's own fields."""
        extended: Any = extend(Consortium, tuple(own.declaration() for own in self.fields))
        return extended  # type: ignore[no-any-return]

    @cached_property
    def titles(self) -> Mapping[str, str]:
        """What fields are called here, by path: the programme's labels, and what the ids of its maps stand for.

        A clause or section has the heading that the templates print (none where a template cannot be read), an
        attachment its title.
        """
        found = {f"attachments.{item.id}": item.title for item in self.attachments}
        templates = [
            file
            for one in self.documents
            for file in (one.template, *(each.template for each in one.variants))
        ]
        for file in dict.fromkeys(templates):
            with suppress(ProgrammeError):
                for anchor in anchors(self.folder / file):
                    if anchor.kind in PASSAGES and anchor.title:
                        found.setdefault(f"{PASSAGES[anchor.kind]}.{anchor.id}", anchor.title)
        return {**found, **self.labels}

    def party(self, party_id: str) -> Party | None:
        """A party that the programme declares; None for those that every programme has."""
        return next((party for party in self.parties if party.id == party_id), None)

    def stage(self, party_id: str) -> Stage:
        """When a party signs, by the id that a signatory names it by."""
        declared = self.party(party_id)
        return declared.stage if declared else STAGES[party_id]

    @property
    def plain_code(self) -> str:
        """The code as one name, with ``-`` for ``/``."""
        return self.code.replace("/", "-")

    def packet_folder(self, *kind: str) -> str:
        """The name of the folder of a packet of this programme.

        Args:
            kind: what tells its packets apart, as the edition.
        """
        return "-".join((self.plain_code, *kind))

    def document(self, document_id: str) -> Document:
        """The document with an id.

        Raises:
            KeyError: there is none.
        """
        for document in self.documents:
            if document.id == document_id:
                return document
        raise KeyError(document_id)
