"""The JSON Schema of a data file, for editors that complete and check while one writes.

It lists every key as it is usually written (English names, Chinese titles, the programmes' own titles);
the loader takes a few more spellings of the same (full-width letters, inner spaces, √ for 是). pydantic's
own schema knows neither these nor bare texts for passages, so this one is made from the fields.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from msgspec import Struct, field

from generator.model.consortium import OF_A_FILING, Consortium
from generator.model.fields import FieldSpec, Part
from generator.model.programme import Programme
from generator.model.value_kinds import CreditCode, Kind, LongText, Text

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
Schema = dict[str, Any]

_ABSENT: Final[Schema] = {"type": "null", "description": "还没填"}
_NONE: Final[Schema] = {"const": "无", "description": "明确没有"}


class _Group(Struct, frozen=True):
    """One group of fields as several models have it, each with its programme's titles.

    Attributes:
        parts: the group in each model, with that programme's labels.
        path: where it stands, without indexes, as labels write it.
    """

    parts: tuple[tuple[type[Part], Mapping[str, str]], ...]
    path: str = ""

    def fields(self) -> dict[str, list[tuple[FieldSpec, Mapping[str, str]]]]:
        """Every field of the group by name, with each model's declaration."""
        found: dict[str, list[tuple[FieldSpec, Mapping[str, str]]]] = {}
        for part, labels in self.parts:
            for name, spec in part.specs().items():
                found.setdefault(name, []).append((spec, labels))
        return found

    def below(self, name: str) -> _Group:
        declared = self.fields()[name]
        step = name + {"list": "[]", "map": ".*", "one": ""}[declared[0][0].shape]
        parts = tuple((spec.part, labels) for spec, labels in declared if spec.part is not None)
        return _Group(parts, f"{self.path}.{step}" if self.path else step)

    def titles(self, name: str) -> Iterator[str]:
        """Every title of a field but its name."""
        path = f"{self.path}.{name}" if self.path else name
        for spec, labels in self.fields()[name]:
            yield from (key for key in (labels.get(path), labels.get(f"{path}[]")) if key)
            yield from spec.keys[1:]


class _Writer(Struct):
    """Writes one definition a group, under a prefix."""

    prefix: str
    attachments: Mapping[str, str]
    definitions: dict[str, Schema] = field(default_factory=dict)

    def group(self, group: _Group, without: Iterable[str] = ()) -> Schema:
        """A reference to the group's definition."""
        name = ".".join([self.prefix, *group.path.replace("[]", "").replace(".*", "").split(".")]).rstrip(".")
        if name not in self.definitions:
            properties: Schema = {}
            self.definitions[name] = {
                "type": "object",
                "properties": properties,
                "additionalProperties": False,
            }
            names = [key for key in group.fields() if key not in without]
            for key in names:
                properties[key] = self.field(group, key)
            for key in names:
                for title in group.titles(key):
                    properties.setdefault(title, properties[key])
        return {"$ref": f"#/$defs/{name}"}

    def field(self, group: _Group, name: str) -> Schema:
        """One field, however its programmes declare it."""
        specs = [spec for spec, _ in group.fields()[name]]
        spec = specs[0]
        options: list[Schema] = []
        for one in specs:
            for option in self.options(one, group):
                if option not in options:
                    options.append(option)
        schema: Schema = {"title": spec.title, "anyOf": [*options, _ABSENT]}
        unit = f"单位：{spec.kind.unit}" if spec.kind and spec.kind.unit else ""
        description = "；".join(dict.fromkeys(text for text in (spec.help, unit) if text))
        if description:
            schema["description"] = description
        if spec.example:
            schema["examples"] = [spec.example]
        return schema

    def options(self, spec: FieldSpec, group: _Group) -> Iterator[Schema]:
        """What may be written for a field, by its shape."""
        if spec.part is not None:
            inner = self.group(group.below(spec.name))
            single = [inner, {"type": "string"}] if "text" in spec.part.specs() else [inner]
        elif spec.kind is not None:
            single = [scalar(spec.kind)]
        else:
            raise TypeError(f"{spec.name} has neither kind nor group")
        if spec.shape == "one":
            yield from [*single, *([_NONE] if spec.part else [])]
        elif spec.shape == "list":
            yield {"type": "array", "items": {"anyOf": [*single, _ABSENT]}}
            yield from [_NONE] if spec.part else single
            if spec.kind is not None and spec.kind.options:
                yield _NONE
        else:
            if spec.part is None:
                single = [{"type": "array", "items": {"anyOf": [*single, _ABSENT]}}, *single]
            value = {"anyOf": [*single, _ABSENT]}
            known = self.attachments if spec.name == "attachments" else {}
            yield {
                "type": "object",
                "properties": {key: {**value, "title": title} for key, title in known.items()},
                "additionalProperties": value,
            }
            yield _NONE


def scalar(kind: Kind) -> Schema:
    """One value of a kind, as a YAML or JSON reader that knows types would see it."""
    schema = dict(kind.json_schema())
    if "enum" in schema:
        return schema
    types = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    if isinstance(kind, (Text, LongText)):
        types = [*types, "number", "boolean"]
    elif isinstance(kind, CreditCode):
        types = [*types, "integer"]
    return {**schema, "type": list(dict.fromkeys(types))}


def json_schema(programmes: Iterable[Programme]) -> Schema:
    """The JSON Schema (draft 2020-12) of a data file.

    Args:
        programmes: whose own fields, titles and filings it should know.
    """
    every = sorted(programmes, key=lambda programme: programme.code)
    parts = tuple((programme.model, programme.labels) for programme in every)
    attachments = {item.id: item.title for programme in every for item in programme.attachments}
    base = _Writer("base", attachments)
    base.group(_Group(parts or ((Consortium, {}),)), without=tuple(sorted(OF_A_FILING)))
    definitions = dict(base.definitions)
    filings: Schema = {}
    for programme in every:
        prefix = programme.plain_code
        writer = _Writer(prefix, {item.id: item.title for item in programme.attachments})
        filing = {
            "title": programme.title,
            "anyOf": [writer.group(_Group(((programme.model, programme.labels),))), _ABSENT],
        }
        definitions |= writer.definitions
        for key in (programme.code, programme.title, programme.short_title):
            filings.setdefault(key, filing)
    top = definitions.pop("base")
    held = {
        "title": "申报",
        "description": "按方案填写与上面不同的内容",
        "anyOf": [{"type": "object", "properties": filings, "additionalProperties": False}, _ABSENT],
    }
    library = {
        "title": "单位库",
        "description": "一个文件，写着常用的单位；成员写 unit: 统一社会信用代码 来引用",
        "anyOf": [{"type": "string"}, _ABSENT],
    }
    for name, definition in definitions.items():
        if name.endswith(".members"):
            referred = {"title": "引用单位", "anyOf": [{"type": ["string", "integer"]}, _ABSENT]}
            definition["properties"] |= {"unit": referred, "引用单位": referred}
    properties = {**top["properties"], "filings": held, "申报": held, "units": library, "单位库": library}
    names = [key for key, value in properties.items() if value == properties["name"]]
    return {
        "$schema": DIALECT,
        "title": "lianheti 数据文件",
        "type": "object",
        "properties": properties,
        "additionalProperties": False,
        "anyOf": [{"required": [key]} for key in names],
        "$defs": definitions,
    }
