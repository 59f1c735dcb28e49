"""``programme.yaml``: a programme's content as YAML, every text quoted as it needs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from generator.model.programme import Programme
from generator.writers.starter import yaml_key
from generator.writers.yaml import scalar_lines

_FLOW = re.compile(r"[0-9A-Za-z\u3400-\u9fff（）《》“”%.·-]+")
_LONGEST_FLOW: Final = 100


def programme_yaml(content: Mapping[str, Any]) -> str:
    """A programme as ``programme.yaml``.

    Args:
        content: the programme as its file has it, as dicts, lists and texts.
    """
    order = [info.alias or name for name, info in Programme.model_fields.items()]
    names = sorted(content, key=lambda name: order.index(name) if name in order else len(order))
    parts = ["\n".join(_entry(name, content[name], "")) for name in names]
    return "\n".join(f"\n{part}" if "\n" in part else part for part in parts).lstrip("\n") + "\n"


def _entry(name: str, value: Any, indent: str) -> Iterator[str]:
    head = f"{indent}{yaml_key(name)}:"
    if isinstance(value, dict):
        if value:
            yield head
            for key, below in value.items():
                yield from _entry(key, below, f"{indent}  ")
        else:
            yield f"{head} {{}}"
    elif isinstance(value, list):
        flow = f"[{', '.join(map(str, value))}]"
        # What needs quotes, as the text null does, stands on a line of its own.
        plain = all(
            isinstance(one, str) and _FLOW.fullmatch(one) and scalar_lines(one, "") == [one] for one in value
        )
        if not value or (plain and len(flow) <= _LONGEST_FLOW):
            yield f"{head} {flow}"
            return
        yield head
        for one in value:
            yield from _item(one, f"{indent}  ")
    elif value is None:
        yield head
    else:
        first, *more = scalar_lines(str(value), f"{indent}  ")
        yield f"{head} {first}"
        yield from more


def _item(value: Any, indent: str) -> Iterator[str]:
    if isinstance(value, dict) and value:
        lines = [line for key, below in value.items() for line in _entry(key, below, f"{indent}  ")]
        yield f"{indent}- {lines[0].removeprefix(f'{indent}  ')}"
        yield from lines[1:]
    elif isinstance(value, (dict, list)):
        raise TypeError(f"no list in a list is expected here: {value!r}")
    else:
        first, *more = scalar_lines(str(value), f"{indent}  ")
        yield f"{indent}- {first}"
        yield from more
