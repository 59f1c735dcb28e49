from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from generator.model.dataset import Dataset
from generator.model.programme import Programme
from generator.readers.load import load
from generator.readers.source_file import read_source


def make_programme(code: str, **more: Any) -> Programme:
    return Programme.model_validate(
        {
            "schema": 1,
            "code": code,
            "title": f"{code}的方案",
            "short_title": f"{code}简称",
            "authority": "某省科学技术厅",
            "region": "某省",
            "source": {"title": "办法"},
            "documents": [],
            **more,
        }
    )


@pytest.fixture
def first() -> Programme:
    return make_programme(
        "first/one",
        fields=[
            {"path": "members[].bank", "title": "开户银行", "kind": "text"},
            {"path": "indicators.patents.applied", "title": "申请专利数", "kind": "count", "unit": "项"},
            {"path": "exports", "title": "出口创汇", "kind": "money", "unit": "万美元"},
            {"path": "lists[].name", "title": "清单名称", "kind": "text"},
        ],
        labels={"chief_scientist": "技术总师", "members[].tier": "参与层级"},
        attachments=[{"id": "licence", "title": "营业执照复印件"}],
    )


@pytest.fixture
def second() -> Programme:
    return make_programme(
        "second/two",
        fields=[{"path": "members[].bureau", "title": "主管局", "kind": "text"}],
        labels={"industry": "重点产业"},
    )


Loader = Callable[..., Dataset]


@pytest.fixture
def loaded(tmp_path: Path, first: Programme, second: Programme) -> Loader:
    """Loads a YAML text for the first programme, unless told otherwise."""

    def load_text(text: str | bytes, programme: Programme | None = first) -> Dataset:
        path = tmp_path / "data.yaml"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return load(read_source(path), programme, known={first.code: first, second.code: second})

    return load_text
