"""Model clauses filled with a dataset's values: plain text in the same sandbox as the templates."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cached_property
from typing import Any

import jinja2
from jinja2.exceptions import SecurityError
from msgspec.structs import replace

from generator.errors import LianhetiError, Place, Problem, ProgrammeError
from generator.model.catalogue import Catalogue
from generator.model.clauses import ClauseLibrary, ModelClause, UnknownClauseError, read_library
from generator.model.consortium import Consortium, Passage
from generator.model.dataset import Dataset
from generator.model.paths import PASSAGES
from generator.model.programme import Programme
from generator.rendering.context import build
from generator.rendering.sandbox import TextSandbox
from generator.rendering.values import MISSING_CLOSE, MISSING_OPEN
from generator.rendering.work import counting

_MISSING = re.compile(f"{MISSING_OPEN}(.*?){MISSING_CLOSE}")


class ModelClauses:
    """The library of model clauses, read when the first is asked for, each compiled once.

    Args:
        catalogue: where the library is found.
    """

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._sandbox = TextSandbox()
        self._compiled: dict[str, jinja2.Template] = {}

    @cached_property
    def library(self) -> ClauseLibrary:
        """Every clause.

        Raises:
            ProgrammeError: the file is missing or at fault.
        """
        return read_library(self._catalogue)

    def fill(self, names: str, context: Mapping[str, Any]) -> list[str]:
        """The clauses that a data file names, filled, without any mark.

        Missing values are marked in the text as in every draft and noted in the rendering's record.

        Args:
            names: one name, or several with 、 between.
            context: what the templates' names stand for.

        Raises:
            UnknownClauseError: there is none of a name.
            ProgrammeError: a clause's own tags are at fault.
        """
        return [self._filled(clause, context) for clause in self.library.named(names)]

    def _filled(self, clause: ModelClause, context: Mapping[str, Any]) -> str:
        try:
            if clause.id not in self._compiled:
                self._compiled[clause.id] = self._sandbox.compile_part(clause.text)
            with counting() as work:
                pieces: list[str] = []
                for piece in self._compiled[clause.id].generate(context):
                    work.produce(len(piece))
                    pieces.append(piece)
            return "".join(pieces).strip()
        except (jinja2.TemplateError, SecurityError, ProgrammeError, TypeError, ValueError) as error:
            reason = error.what if isinstance(error, LianhetiError) else str(error).split("\n", 1)[0]
            raise ProgrammeError(
                f"参考条款“{clause.title}”的标签写法有误（{reason}）",
                "按模板名称说明（docs/template-names.md）改正",
                clause.place,
            ) from None

    def spelled_out(self, dataset: Dataset, programme: Programme) -> Dataset:
        """The dataset as it is to be judged: a chosen clause's text stands where a text would.

        A clause that the library lacks is a problem of the data. Texts of the data's own are kept.

        Raises:
            ProgrammeError: the library is at fault.
        """
        consortium = dataset.consortium
        problems: list[Problem] = []
        context: Mapping[str, Any] | None = None
        for group_name, map_name in (texts.split(".") for texts in PASSAGES.values()):
            group = getattr(consortium, group_name)
            passages: dict[str, Passage] = dict(getattr(group, map_name, None) or {})
            chosen = {key: one for key, one in passages.items() if one.variant and one.text is None}
            for key, passage in chosen.items():
                if context is None:
                    context, _ = build(consortium, programme, programme.documents[0], "draft", {})
                path = f"{group_name}.{map_name}.{key}.variant"
                try:
                    text = "\n".join(self.fill(passage.variant or "", context))
                except UnknownClauseError as error:
                    problems.append(_unknown(error, dataset.place(path), path))
                else:
                    shown = _MISSING.sub(r"〔待填：\1〕", text)
                    passages[key] = passage.model_copy(update={"text": shown})
            if chosen:
                changed = group.model_copy(update={map_name: passages})
                consortium = _with(consortium, group_name, changed)
        if consortium is dataset.consortium and not problems:
            return dataset
        return replace(dataset, consortium=consortium, problems=(*dataset.problems, *problems))


def _with(consortium: Consortium, name: str, value: Any) -> Consortium:
    return consortium.model_copy(update={name: value})


def _unknown(error: UnknownClauseError, place: Place, path: str) -> Problem:
    near = f"最接近的是“{'”“'.join(error.near)}”；" if error.near else ""
    return Problem(
        f"没有参考条款“{error.name}”",
        f"改用参考条款的编号或标题（{near}全部标题：{'、'.join(error.known)}；说明见 docs/clauses.md），"
        "或直接写正文",
        place,
        path,
    )
