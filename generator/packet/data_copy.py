"""The data that a packet was made from, as a data file of its own inside the packet.

It holds the data as the programme saw it: the base data overlaid with that programme's filing, and the
content of text files instead of their names. ``bind`` makes the packet again from it, and a person can edit it
like any data file.
"""

from __future__ import annotations

from typing import Any, Final, Literal

from generator.model.consortium import Passage
from generator.model.fields import FieldSpec, Part
from generator.model.paths import given
from generator.model.rich_text import RichText
from generator.packet.parts import Job, MadeFile
from generator.packet.sheets.sheet import FOLDER
from generator.writers.yaml import data_yaml

PATH: Final = f"{FOLDER}/data.yaml"
_HEADER: Final = "# 生成这套材料所用的数据（{title}）。要改数据，改原来的数据文件后重新生成。\n"


def data_copy(job: Job) -> tuple[MadeFile, ...]:
    """The data file of what a packet is made from, and the pictures and tables that its long texts name."""
    programme = job.programme
    accepted = [
        {"rule": finding.title, "reason": finding.accepted} for finding in job.findings if finding.accepted
    ]
    tree = _tree(job.dataset.consortium)
    tree.pop("accepted", None)
    text = data_yaml(
        None,
        tree,
        {programme.code: {"accepted": accepted} if accepted else {}},
        {programme.code: programme},
        extra=tuple(own.declaration() for own in programme.fields),
    )
    kept = {
        name: data
        for _, _, value in given(job.dataset.consortium)
        if isinstance(value, RichText)
        for name, data in value.files.items()
    }
    files = (MadeFile(f"{FOLDER}/{name}", _format(name), data) for name, data in sorted(kept.items()))
    return (MadeFile(PATH, "yaml", (_HEADER.format(title=programme.title) + text).encode()), *files)


def _format(name: str) -> Literal["docx", "csv", "png", "jpeg"]:
    suffix = name.rpartition(".")[2]
    return "docx" if suffix == "docx" else "csv" if suffix == "csv" else "png" if suffix == "png" else "jpeg"


def _tree(part: Part) -> dict[str, Any]:
    """A group as a data file writes it: texts, lists and groups under the fields' names."""
    found: dict[str, Any] = {}
    for name, spec in part.specs().items():
        value = getattr(part, name)
        if value is not None:
            found[name] = _value(spec, value)
    return found


def _value(spec: FieldSpec, value: Any) -> Any:
    if spec.shape == "list":
        return [_single(spec, item) for item in value]
    if spec.shape == "map":
        return {
            key: [str(one) for one in item] if isinstance(item, tuple) else _single(spec, item)
            for key, item in value.items()
        }
    return _single(spec, value)


def _single(spec: FieldSpec, value: Any) -> Any:
    if isinstance(value, Passage):
        if isinstance(value.text, RichText):
            return dict(value.text.kept)
        # A text read from a file is written out: were the file named as well, there would be two sources.
        return {"text": value.text} if value.text is not None else {"variant": value.variant}
    if isinstance(value, Part):
        return _tree(value)
    return spec.kind.write(value) if spec.kind else str(value)
