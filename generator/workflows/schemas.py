"""JSON Schemas (draft 2020-12) of the files that people write, for editors and other programs."""

from __future__ import annotations

from typing import Any, Final

from generator.conditions.operations import OPERATIONS, LooksAt, Operation
from generator.model.programme import Programme
from generator.workflows.workspace import Workspace

_DRAFT: Final = "https://json-schema.org/draft/2020-12/schema"
# Fields of the parsed figure that the file does not have: there, the operation is itself the key.
_READ: Final = ("operation", "arguments")


def data_schema(workspace: Workspace) -> dict[str, Any]:
    """Of a data file, with the fields of every programme.

    Raises:
        ProgrammeError: a programme is at fault.
    """
    from generator.writers.json_schema import json_schema

    return json_schema(list(workspace.catalogue.all().values()))


def programme_schema() -> dict[str, Any]:
    """Of ``programme.yaml``."""
    schema = Programme.model_json_schema()
    figure = schema["$defs"]["Figure"]
    figure["properties"] = {
        **{name: kind for name, kind in figure["properties"].items() if name not in _READ},
        **{name: _argument(operation) for name, operation in OPERATIONS.items()},
    }
    figure["required"] = [name for name in figure.get("required", ()) if name not in _READ]
    figure["oneOf"] = [{"required": [name]} for name in OPERATIONS]
    return {"$schema": _DRAFT, **schema}


def _argument(operation: Operation) -> dict[str, Any]:
    text = {"type": "string"}
    if operation.looks_at in {LooksAt.TWO, LooksAt.DATES, LooksAt.NAMES}:
        return {"type": "array", "items": text, "minItems": 2, "maxItems": 2, "description": operation.title}
    if operation.several:
        return {
            "anyOf": [text, {"type": "array", "items": text, "minItems": 1}],
            "description": operation.title,
        }
    return {**text, "description": operation.title}


def manifest_schema() -> dict[str, Any]:
    """Of ``manifest.json``."""
    from generator.publishing import manifest

    return manifest.manifest_schema()
