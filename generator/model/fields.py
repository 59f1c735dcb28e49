"""Declaring fields: one declaration gives title, kind, unit and help to every user of the model.

A ``Part`` is a pydantic model whose fields are declared with ``field``; ``specs`` reads the declarations
back for the loader, the workbook, the messages and the templates. A programme's own fields extend a part
by ``extend`` and are indistinguishable from core fields from then on.
"""

from __future__ import annotations

import re
import types
from functools import cache
from typing import Annotated, Any, Final, Literal, Union, get_args, get_origin

from msgspec import Struct
from msgspec import field as struct_field
from pydantic import BaseModel, ConfigDict, Field, create_model

from generator.model.value_kinds import Choice, Kind, Text

_LONGEST_NAME = 60
Shape = Literal["one", "list", "map"]
Reads = Literal["", "name", "province", "phone", "mail"]


class Bounds(Struct, frozen=True):
    """What a number can be, in its field's unit (amounts in the unit that the form shows).

    Attributes:
        least: less is impossible.
        most: more is impossible.
        usual_least: less is asked about.
        usual_most: more is asked about.
        past: a year that must not lie after the year of filing.
    """

    least: int | None = None
    most: int | None = None
    usual_least: int | None = None
    usual_most: int | None = None
    past: bool = False


class Part(BaseModel):
    """A group of fields. Values not given are None; nothing but declared fields is taken."""

    # Built when first used: of most programmes a run only asks which fields they have.
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True, defer_build=True)

    @classmethod
    def specs(cls) -> dict[str, FieldSpec]:
        """The declarations of this part's fields by name, in order."""
        return _specs(cls)


class FieldSpec(Struct, frozen=True):
    """What is declared of one field.

    Attributes:
        name: the English name, as in YAML and templates.
        title: the Chinese title, as in messages, Excel headers and accepted YAML keys.
        shape: one value, a list of them, or a map of them by id.
        kind: how a single value is read and printed; None for a group.
        part: the group's own fields; None for a value.
        aliases: other Chinese titles that are accepted as keys.
        help: a sentence for the cell note and the starter file.
        example: a value as it could be given.
        reads: what a text is, where more than its characters is known of it: a name is kept without stray
            blanks, line breaks and half-width brackets, a province by its full name.
        bounds: what a number can be.
    """

    name: str
    title: str
    shape: Shape
    kind: Kind | None = None
    part: type[Part] | None = None
    aliases: tuple[str, ...] = ()
    help: str = ""
    example: str = ""
    reads: Reads = ""
    bounds: Bounds = Bounds()

    @property
    def keys(self) -> tuple[str, ...]:
        """Every key by which a data file may name the field."""
        return (self.name, self.title, *self.aliases)


def field(
    title: str,
    *,
    aliases: tuple[str, ...] = (),
    help: str = "",  # noqa: A002 (the word that click and argparse use)
    example: str = "",
    required: bool = False,
    reads: Reads = "",
    bounds: Bounds | None = None,
) -> Any:
    """Declare a field of a part, with its Chinese title.

    Args:
        title: the Chinese title.
        aliases: other Chinese titles accepted as keys.
        help: a Chinese sentence that says what to write.
        example: a value as it could be given.
        required: whether a file without it cannot be loaded.
        reads: what a text is, as in ``FieldSpec``.
        bounds: what a number can be.
    """
    extra: dict[str, Any] = {"aliases": list(aliases), "example": example}
    if reads:
        extra["reads"] = reads
    if bounds is not None:
        extra["bounds"] = bounds
    return Field(
        default=... if required else None, title=title, description=help or None, json_schema_extra=extra
    )


def _unwrap(annotation: Any) -> tuple[Shape, Kind | None, type[Part] | None]:
    """The shape, kind and part of an annotation such as ``tuple[Member, ...] | None``."""
    if get_origin(annotation) in {Union, types.UnionType}:
        annotation = next(arg for arg in get_args(annotation) if arg is not type(None))
    origin = get_origin(annotation)
    if origin is Annotated:
        return "one", next((meta for meta in get_args(annotation) if isinstance(meta, Kind)), None), None
    if origin in {tuple, dict}:
        inner = get_args(annotation)[0 if origin is tuple else 1]
        _, kind, part = _unwrap(inner)
        return ("list" if origin is tuple else "map"), kind, part
    if isinstance(annotation, type) and issubclass(annotation, Part):
        return "one", None, annotation
    raise TypeError(f"not a field's annotation: {annotation!r}")


@cache
def _specs(part: type[Part]) -> dict[str, FieldSpec]:
    found: dict[str, FieldSpec] = {}
    for name, info in part.model_fields.items():
        kind = next((meta for meta in info.metadata if isinstance(meta, Kind)), None)
        if kind is not None:
            shape: Shape = "one"
            inner: type[Part] | None = None
        else:
            shape, kind, inner = _unwrap(info.annotation)
        extra = info.json_schema_extra if isinstance(info.json_schema_extra, dict) else {}
        aliases, bounds = extra.get("aliases", []), extra.get("bounds")
        found[name] = FieldSpec(
            name=name,
            title=info.title or name,
            shape=shape,
            kind=kind,
            part=inner,
            aliases=tuple(str(alias) for alias in aliases) if isinstance(aliases, list) else (),
            help=info.description or "",
            example=str(extra.get("example", "")),
            reads=extra.get("reads", ""),  # type: ignore[arg-type]  # as ``field`` put it there
            bounds=bounds if isinstance(bounds, Bounds) else Bounds(),
        )
    return found


class OwnField(Struct, frozen=True):
    """A field that a programme declares, as ``members[].fax`` or ``indicators.patents.applied``.

    Attributes:
        path: dotted names from the consortium down; ``[]`` after a list's name.
        title: the Chinese title.
        kind: how a value is read; None for a group or a list of groups.
        aliases: other Chinese titles accepted as keys.
        help: a Chinese sentence that says what to write.
        example: a value as it could be given.
        reads: what a text is, as in ``FieldSpec``.
        bounds: what a number can be.
    """

    path: str
    title: str
    kind: Kind | None
    aliases: tuple[str, ...] = ()
    help: str = ""
    example: str = ""
    reads: Reads = ""
    bounds: Bounds = Bounds()


class _Branch(Struct):
    """The own fields below one name, before the parts are made."""

    declared: OwnField | None = None
    many: bool = False
    below: dict[str, _Branch] = struct_field(default_factory=dict)


def extend(part: type[Part], own: tuple[OwnField, ...]) -> type[Part]:
    """A subclass of a part that has a programme's own fields too, also inside its list items.

    Args:
        part: the part to extend.
        own: the declarations. Groups and lists on the way are made where they don't exist.

    Raises:
        ValueError: two declarations of one path, a core field declared again, or a field declared below
            one that holds a value; the text (Chinese) names the path.
    """
    root = _Branch()
    for item in own:
        branch = root
        names = item.path.split(".")
        for depth, name in enumerate(names):
            if not _can_be_named(name.removesuffix("[]")):
                raise ValueError(f"字段 {item.path} 里的“{name}”不能用作字段名（换一个用英文字母开头的名称）")
            branch = branch.below.setdefault(name.removesuffix("[]"), _Branch())
            if name.endswith("[]"):
                branch.many = True
            if depth == len(names) - 1:
                if branch.declared is not None:
                    raise ValueError(f"字段 {item.path} 声明了两次")
                branch.declared = item
    return _extended(part, root, "")


def _can_be_named(name: str) -> bool:
    """Whether a model can have a field of a name: none that its own machinery uses."""
    return (
        name.isidentifier()
        and len(name) <= _LONGEST_NAME
        and not name.startswith(("_", "model_"))
        and not hasattr(Part, name)
    )


def _extended(part: type[Part], branch: _Branch, path: str) -> type[Part]:
    """A subclass of a part with the own fields of a branch; the part itself where the branch has none."""
    if not branch.below:
        return part
    existing = part.specs()
    fields: dict[str, Any] = {}
    for name, below in branch.below.items():
        here = f"{path}.{name}" if path else name
        spec = existing.get(name)
        if spec is not None:
            inner: Any = _declared_again(spec, below, here)
            shape = spec.shape
            info = part.model_fields[name]
            again = below.declared
            declaration = Field(
                default=... if info.is_required() else None,
                title=again.title if again else info.title,
                description=(again and again.help) or info.description,
                json_schema_extra=_kept(info.json_schema_extra, spec, again),
            )
        else:
            declared = below.declared or OwnField(here, name, None)
            if declared.kind is not None and below.below:
                raise ValueError(f"字段 {here} 是单个值，其下不能再有字段")
            if declared.kind is None and not below.below:
                raise ValueError(f"字段 {here} 没有写种类（kind），其下也没有字段")
            if declared.kind is not None:
                inner = Annotated[Any, declared.kind]
            else:
                inner = _extended(create_model(f"Own_{here.replace('.', '_')}", __base__=Part), below, here)
            shape = "list" if below.many else "one"
            declaration = field(
                declared.title,
                aliases=declared.aliases,
                help=declared.help,
                example=declared.example,
                reads=declared.reads,
                bounds=declared.bounds,
            )
        annotation: Any = {"list": tuple[inner, ...], "map": dict[str, inner], "one": inner}[shape]
        fields[name] = (
            annotation | None if shape != "one" or declared_part(inner) else annotation,
            declaration,
        )
    return create_model(part.__name__, __base__=part, **fields)


# What the program itself compares: their options are not a scheme's to choose.
_FIXED_OPTIONS: Final = re.compile(
    r"members\.role|agreement\.|printing\.|upload\.|letters|accepted\.|judged\."
)


def _declared_again(spec: FieldSpec, below: _Branch, here: str) -> Any:
    """What a common field is in a scheme: a group with more fields or another title, a choice among other options.

    Raises:
        ValueError: it is declared as something else; the text (Chinese) names it.
    """
    declared = below.declared
    if spec.part is not None:
        if declared is not None and declared.kind is not None:
            raise ValueError(f"字段 {here} 是一组通用字段“{spec.title}”，只能改名称，不能写种类")
        return _extended(spec.part, below, here)
    if declared is None or below.below:
        raise ValueError(f"字段 {here} 是通用字段“{spec.title}”，是单个值，其下不能再有字段")
    fits = isinstance(declared.kind, Choice) and type(spec.kind) in {Choice, Text} and spec.shape == "one"
    if not fits or _FIXED_OPTIONS.match(here):
        raise ValueError(
            f"字段 {here} 与通用字段“{spec.title}”重名（一行文字和选项的通用字段可以改选项：种类写 choice；"
            "角色和协议、打印、上传的各项不能改）"
        )
    return Annotated[Any, declared.kind]


def _kept(extra: Any, spec: FieldSpec, declared: OwnField | None) -> Any:
    """A common field's other keys; its common title stays one of them where a scheme has another."""
    if declared is None or not isinstance(extra, dict):
        return extra
    aliases = dict.fromkeys((*declared.aliases, *spec.aliases, spec.title))
    aliases.pop(declared.title, None)
    example = declared.example or ("" if declared.kind else extra.get("example", ""))
    kept = {key: value for key, value in extra.items() if declared.kind is None or key != "reads"}
    return {**kept, "aliases": list(aliases), "example": example}


def declared_part(inner: Any) -> bool:
    """Whether an annotation is a group of fields."""
    return isinstance(inner, type) and issubclass(inner, Part)
