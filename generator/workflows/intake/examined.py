"""One filing with its verdict: what the applicant must put right, what a person must judge, and where each stands."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict

from generator.base.characters import visible

# File names are in them, which can hold what no document can.
_Shown = Annotated[str, BeforeValidator(visible)]
Whose = Literal["applicant", "person", "reminder"]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Issue(_Model):
    """Something about a filing.

    Attributes:
        key: names it from one run to the next, so that a person's judgement finds it again.
        whose: whether the applicant must put it right, a person must judge it, or it is a reminder.
        sort: what kind it is, in a few Chinese words.
        clause: where the official text asks for it; empty where it is no clause's.
        title: the condition in a few words, or what is concerned.
        quote: the official words.
        what: what was found, in Chinese.
        remedy: what to do, an imperative clause; empty where ``what`` says so.
        where: where in the filing.
    """

    key: _Shown
    whose: Whose
    sort: str
    clause: str = ""
    title: _Shown = ""
    quote: str = ""
    what: _Shown
    remedy: str = ""
    where: _Shown = ""


class Organisation(_Model):
    """A member, or a person of the team, by which filings are held against each other."""

    sort: Literal["牵头单位", "成员单位", "首席科学家", "团队成员"]
    name: str
    code: str = ""


class Examined(_Model):
    """A filing and what was found.

    Attributes:
        name: where it lies, as ``Received`` has it.
        digest: what it was judged by.
        consortium: its name.
        lead: the lead's name.
        content: a digest of the data alone: two filings of one content are the same filing.
        issues: what was found.
        people: organisations and persons in it.
        apart: why it is not judged; empty where it is.
        unreadable: whether that is because it could not be read.
    """

    name: str
    digest: str
    consortium: str = ""
    lead: str = ""
    content: str = ""
    issues: tuple[Issue, ...] = ()
    people: tuple[Organisation, ...] = ()
    apart: _Shown = ""
    unreadable: bool = False

    def of(self, whose: Whose) -> tuple[Issue, ...]:
        """The issues of one sort."""
        return tuple(issue for issue in self.issues if issue.whose == whose)

    @property
    def verdict(self) -> str:
        """In a few words. That nothing was found is never called an approval."""
        if self.apart:
            return "另列"
        if self.of("applicant"):
            return "退回补正"
        return "待人工判断" if self.of("person") else "形式核对未见问题"
