"""Random edits of YAML and workbooks: what is typed reads back, all else stays, and no kill and no second editor loses any."""

from __future__ import annotations

import difflib
import io
import random
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.errors import DataError
from generator.model.fields import Part
from generator.model.paths import spec_of
from generator.workflows.editing import Editing, SetText
from generator.workflows.workspace import Workspace
from tests.pace import examples
from tests.packet.making import ROOT

FIRST = ROOT / "data" / "henan-consortium-2022.yaml"
CODE = "henan/consortium-2022"
WORKSPACE = Workspace()
# What people type, and what a file's syntax could take for its own.
TEXTS = st.one_of(
    st.text(
        st.characters(blacklist_categories=("Cs", "Cc", "Cf", "Cn", "Co", "Zl", "Zp"), max_codepoint=0xFFFF),
        max_size=30,
    ),
    st.sampled_from(
        (
            "三多", "12", "12.50", "1,200", "2026-01-02", "无", "是", "待定", "一\n二\n三", "有: 冒号", "# 井号",
            "尾 # 井号", "- 横", "'单'", '"双"', "[方]", "{花}", "a, b", "~", "null", "yes", "0x1F", "|", ">", "&甲", "*乙",
            "!丙", "%丁", "@戊", "=1+1", "_x000D_", "   ", "", "\\", "<b>&amp;", "头\n  缩进\n尾",
        )
    ),
)  # fmt: skip


def fields(part: type[Part], path: str = "") -> list[str]:
    """Every single field of a group, by path."""
    found: list[str] = []
    for name, spec in part.specs().items():
        here = f"{path}.{name}" if path else name
        if spec.part is None and spec.shape != "map":
            found.append(here)
        elif spec.part is not None and spec.shape == "one":
            found += fields(spec.part, here)
    return found


def somewhere(editing: Editing, chosen: random.Random) -> str:
    """A field of the data, in a list or not, given or not."""
    state, programme = editing.state(), editing.programme
    assert programme is not None
    path = chosen.choice(["", *state.counts])
    if not path:
        return chosen.choice(fields(programme.model))
    spec = spec_of(programme.model, path)
    assert spec is not None
    assert spec.part is not None
    return f"{path}[{chosen.randrange(state.counts[path])}].{chosen.choice(fields(spec.part))}"


def cells(data: bytes) -> dict[tuple[str, str], object]:
    """Every cell of a workbook with its value and its looks."""
    book = openpyxl.load_workbook(io.BytesIO(data))
    return {
        (sheet.title, cell.coordinate): (cell.value, cell.style_id, cell.comment.text if cell.comment else "")
        for sheet in book.worksheets
        for row in sheet.iter_rows()
        for cell in row
        if cell.value is not None or cell.comment is not None
    }


def edits(source: Path, tmp_path: Path, seed: int, texts: list[str]) -> list[tuple[bytes, bytes, str]]:
    """The bytes before and after each of some edits, and what was edited."""
    path = tmp_path / source.name
    shutil.copy(source, path)
    editing, chosen, found = Editing(WORKSPACE, path, CODE), random.Random(seed), []
    for text in texts:
        before, field = path.read_bytes(), somewhere(editing, chosen)
        state = editing.state()
        try:
            after = editing.change([SetText(field, text)], seen=state.sha256).state
        except DataError:
            assert path.read_bytes() == before
            continue
        shown = after.values.get(field, "")
        assert shown == (text if text.strip() else "") or same_value(editing, field, shown, text), (
            field,
            text,
            shown,
        )
        group = field.rpartition(".")[0]
        others = {
            key: value for key, value in state.values.items() if key != field and not (group and key == group)
        }
        assert {key: after.values[key] for key in others if key in after.values} == others
        found.append((before, path.read_bytes(), field))
    return found


def same_value(editing: Editing, field: str, one: str, other: str) -> bool:
    """Whether two texts are one value: a cell keeps a number, not how it was typed."""
    assert editing.programme is not None
    spec = spec_of(editing.programme.model, field)
    assert spec is not None
    if spec.kind is None or spec.shape != "one":
        return one.split("\n") == other.strip("\n").split("\n")
    return bool(spec.kind.read(one) == spec.kind.read(other))


@settings(max_examples=examples(24))
@given(seed=st.integers(0, 10_000), texts=st.lists(TEXTS, min_size=1, max_size=3))
def test_yaml_reads_back_and_other_lines_stay(
    tmp_path_factory: pytest.TempPathFactory, seed: int, texts: list[str]
) -> None:
    for before, after, field in edits(FIRST, tmp_path_factory.mktemp("e"), seed, texts):
        old, new = before.decode().split("\n"), after.decode().split("\n")
        # One place of the file is other than before.
        changed = [
            step
            for step in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
            if step[0] != "equal"
        ]
        assert len(changed) <= 1, field
        assert [line for line in old if line.startswith("#")] == [
            line for line in new if line.startswith("#")
        ]


@pytest.mark.thorough
@settings(max_examples=examples(8))
@given(seed=st.integers(0, 10_000), texts=st.lists(TEXTS, min_size=1, max_size=2))
def test_workbooks_read_back_and_other_cells_stay(
    tmp_path_factory: pytest.TempPathFactory, seed: int, texts: list[str]
) -> None:
    for before, after, field in edits(FIRST.with_suffix(".xlsx"), tmp_path_factory.mktemp("e"), seed, texts):
        old, new = cells(before), cells(after)
        changed = {at for at in {*old, *new} if old.get(at) != new.get(at)}
        # A new name of a member is carried to the rows that name it; what has no cell gets a row of 申报.
        assert len(changed) <= (10 if field.endswith(".name") else 2), (field, changed)


_WORKER = f"""
import sys
from pathlib import Path
from generator.workflows.editing import Editing, SetText
from generator.workflows.workspace import Workspace
path, field, count = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
editing = Editing(Workspace(), path, {CODE!r})
print("begun", flush=True)
for number in range(count):
    saved = editing.change([SetText(field, f"第{{number}}次")], seen=editing.state().sha256)
    assert not saved.conflicts
    print(number, flush=True)
"""


def worker(path: Path, field: str, count: int) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", _WORKER, str(path), field, str(count)],
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        cwd=ROOT,
    )


@pytest.mark.thorough
@pytest.mark.parametrize("suffix", [".yaml", ".xlsx"])
def test_a_kill_leaves_what_was_shown_as_saved(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"例{suffix}"
    shutil.copy(FIRST.with_suffix(suffix), path)
    for after in (0, 2):
        with worker(path, "industry", 1_000) as process:
            assert process.stdout is not None
            shown = -1
            for line in process.stdout:
                shown = int(line) if line.strip().isdigit() else shown
                if shown >= after:
                    break
            process.send_signal(signal.SIGKILL)
            rest = [int(line) for line in process.stdout.read().split() if line.isdigit()]
        shown = max([shown, *rest])
        text = Editing(WORKSPACE, path, CODE).state().values["industry"]
        assert text in {f"第{shown}次", f"第{shown + 1}次"}
    # What a killed process leaves beside the file is no data file, and goes with the next change.
    editing = Editing(WORKSPACE, path, CODE)
    editing.change([SetText("industry", "之后")], seen=editing.state().sha256)
    assert [each.name for each in tmp_path.iterdir()] == [path.name]


@pytest.mark.thorough
def test_two_processes_on_one_file_lose_nothing(tmp_path: Path) -> None:
    path = tmp_path / "例.yaml"
    shutil.copy(FIRST, path)
    processes = [worker(path, field, 6) for field in ("industry", "route", "recommender")]
    for process in processes:
        process.communicate()
        assert process.returncode == 0
    values = Editing(WORKSPACE, path, CODE).state().values
    assert [values[field] for field in ("industry", "route", "recommender")] == ["第5次"] * 3


def test_a_disk_that_is_full_leaves_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "例.yaml"
    shutil.copy(FIRST, path)
    editing = Editing(WORKSPACE, path, CODE)
    before, seen = path.read_bytes(), editing.state().sha256

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(Exception, match="还是原来的样子"):
        editing.change([SetText("industry", "改")], seen=seen)
    monkeypatch.undo()
    assert path.read_bytes() == before
    assert [each.name for each in tmp_path.iterdir()] == [path.name]
    assert not editing.state().can_undo
