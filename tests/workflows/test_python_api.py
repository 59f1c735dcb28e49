"""The functions behind the commands, called as another front end would: in memory, in threads, stopped."""

from __future__ import annotations

import gc
import os
import re
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from generator.batch.run import make_batch
from generator.batch.settings import Bounds, Settings
from generator.errors import DataError, ExitCode, UsageError
from generator.workflows.blank import blank
from generator.workflows.check import annotate, check
from generator.workflows.data_files import convert, new
from generator.workflows.inputs import Upload
from generator.workflows.lint.report import lint_folder
from generator.workflows.packets import make_packets
from generator.workflows.progress import Progress, StoppedError
from generator.workflows.workspace import Workspace
from tests.batch import province
from tests.batch.province import CODE, OTHER, standing

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "data" / "henan-consortium-2022.yaml"
DOCS = ROOT / "docs" / "python-api.md"
THREADS = 8


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    """A workspace with two small programmes."""
    with Workspace(province.templates(tmp_path / "templates", CODE, OTHER), at_once=2) as opened:
        yield opened


@pytest.fixture
def data(tmp_path: Path) -> Path:
    (path,) = province.data(tmp_path / "data", "甲")
    return path


@pytest.mark.thorough
def test_eight_threads_give_the_bytes_of_one(workspace: Workspace, data: Path, tmp_path: Path) -> None:
    def work(at: int) -> tuple[Any, dict[str, bytes]]:
        root = tmp_path / f"out-{at}"
        checked = check(workspace, data, [CODE, OTHER])
        assert make_packets(workspace, data, root, [CODE]).exit_code == ExitCode.DONE
        return checked.as_json(), standing(root)

    with ThreadPoolExecutor(THREADS) as pool:
        found = list(pool.map(work, range(THREADS)))
    with Workspace(tmp_path / "templates") as fresh:
        alone = check(fresh, data, [CODE, OTHER]).as_json()
        make_packets(fresh, data, tmp_path / "alone", [CODE])
    assert any(name.endswith("packet.pdf") for name in found[0][1])
    assert all(each == (alone, standing(tmp_path / "alone")) for each in found)


@pytest.mark.thorough
def test_nothing_of_the_interpreter_is_changed(workspace: Workspace, data: Path, tmp_path: Path) -> None:
    before = gc.isenabled(), gc.get_threshold(), dict(os.environ), Path.cwd()
    make_packets(workspace, data, tmp_path / "out", [CODE], engine=None)
    convert(workspace, data, tmp_path / "甲.xlsx")
    check(workspace, tmp_path / "甲.xlsx", [CODE])
    assert before == (gc.isenabled(), gc.get_threshold(), dict(os.environ), Path.cwd())


def test_the_time_in_the_environment_holds_for_what_a_workspace_makes(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    templates = province.templates(tmp_path / "templates", CODE)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    with Workspace(templates) as workspace:
        monkeypatch.delenv("SOURCE_DATE_EPOCH")
        (made,) = make_packets(workspace, data, tmp_path, [CODE], engine=None).results
    assert made.done is not None
    assert made.done.packet.manifest.date.isoformat() == "2023-11-14"
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "9" * 20)
    with pytest.raises(UsageError, match="SOURCE_DATE_EPOCH"):
        Workspace(templates)


@pytest.mark.thorough
def test_a_batch_is_told_step_by_step_and_stopped(tmp_path: Path) -> None:
    files = province.data(tmp_path / "data", "甲", "乙", "丙")
    settings = Settings(
        tmp_path / "out", (CODE,), engine=None, templates=province.templates(tmp_path / "templates", CODE)
    )

    def stop(_: Progress) -> None:
        raise StoppedError

    with pytest.raises(StoppedError):
        make_batch(files, settings, Bounds(1), progress=stop)
    assert province.broken(settings.root) == []
    heard: list[Progress] = []
    done = make_batch(files, settings, Bounds(1), report=tmp_path / "报告.json", progress=heard.append)
    assert done.exit_code == ExitCode.DONE
    assert [(step.done, step.total) for step in heard] == [(1, 3), (2, 3), (3, 3)]
    assert (tmp_path / "报告.json").is_file()


def test_data_in_memory_gives_the_packet_of_the_file(
    workspace: Workspace, data: Path, tmp_path: Path
) -> None:
    with data.open("a", encoding="utf-8") as file:
        file.write("plan: {sections: {goals: {file: 文字/目标.txt}}}\n")
    text = data.parent / "文字" / "目标.txt"
    text.parent.mkdir()
    text.write_text("目标", encoding="utf-8")
    upload = Upload(data.name, data.read_bytes(), {"文字/目标.txt": text.read_bytes()})
    for root, given in (("file", data), ("memory", upload)):
        assert make_packets(workspace, given, tmp_path / root, [CODE], engine=None).exit_code == 0
    assert standing(tmp_path / "file") == standing(tmp_path / "memory")
    lacking = check(workspace, Upload(data.name, data.read_bytes()), [CODE])
    assert [problem.path for problem in lacking.problems] == ["plan.sections.goals.file"]


@pytest.mark.parametrize("name", ["../甲.yaml", "a/甲.yaml", "", "..", "甲\0.yaml"])
def test_names_in_memory_lead_nowhere(workspace: Workspace, name: str) -> None:
    with pytest.raises(DataError, match="请"):
        check(workspace, Upload(name, "name: 甲".encode()), [CODE])
    with pytest.raises(DataError, match="请"):
        check(workspace, Upload("甲.yaml", "name: 甲".encode(), {f"../{name}": b""}), [CODE])


def test_a_caller_hears_each_step_and_stops_before_any_of_them(
    workspace: Workspace, data: Path, tmp_path: Path
) -> None:
    heard: list[Progress] = []
    make_packets(workspace, data, tmp_path / "whole", [CODE, OTHER], engine=None, progress=heard.append)
    assert [(step.done, step.total) for step in heard] == [(0, 0), (0, 2), (0, 2), (1, 2), (1, 2)]
    for at in range(len(heard)):
        left = [at]

        def stop(_: Progress, left: list[int] = left) -> None:
            left[0] -= 1
            if left[0] < 0:
                raise StoppedError

        root = tmp_path / f"stopped-{at}"
        with pytest.raises(StoppedError):
            make_packets(workspace, data, root, [CODE, OTHER], engine=None, progress=stop)
        assert len(list(root.glob("*/*.zip"))) == (1 if at > 2 else 0)
        assert province.broken(root) == []


def test_an_interrupted_run_is_put_right_and_the_caller_is_told(
    workspace: Workspace, data: Path, tmp_path: Path
) -> None:
    root = tmp_path / "out"
    (made,) = make_packets(workspace, data, root, [CODE], engine=None).results
    assert made.done is not None
    folder = made.done.published.folder
    before = standing(root)
    folder.rename(folder.parent / f".{folder.name}.lianheti-old")
    heard: list[Progress] = []
    make_packets(workspace, data, root, [CODE], engine=None, progress=heard.append)
    (notice,) = [step.what for step in heard if step.notice]
    assert folder.name in notice
    assert standing(root) == before


def test_what_one_programme_refuses_stops_no_other(workspace: Workspace, data: Path, tmp_path: Path) -> None:
    folder = tmp_path / "templates" / CODE
    (folder / "application.docx").write_bytes(province.form("{{ nmae }}"))
    bad, good = make_packets(workspace, data, tmp_path / "out", [CODE, OTHER], engine=None).results
    assert (bad.exit_code, bad.done, bad.files) == (ExitCode.PROGRAMME, None, ())
    assert good.exit_code == ExitCode.DONE
    assert good.files
    assert all(path.is_file() for path in good.files)


@pytest.mark.thorough
def test_problems_have_paths_and_places(workspace: Workspace) -> None:
    checked = check(workspace, Upload("甲.yaml", "name: 甲\nfiling_date: 去年\n".encode()), [CODE])
    assert checked.exit_code == ExitCode.DATA
    assert [(one.path, one.place.line) for one in checked.problems] == [("filing_date", 2)]


@pytest.mark.thorough
def test_files_are_made_in_memory_or_on_disk(workspace: Workspace, data: Path, tmp_path: Path) -> None:
    made = new(workspace, CODE, Path("新.xlsx"), write=False)
    assert made.data.startswith(b"PK")
    assert not Path("新.xlsx").exists()
    moved = new(workspace, CODE, Path("新.yaml"), old=Upload(data.name, data.read_bytes()), write=False)
    assert "甲成员0" in moved.data.decode()
    book = convert(workspace, data, tmp_path / "甲.xlsx")
    assert book.path.read_bytes() == book.data
    checked = check(workspace, book.path, [CODE])
    assert annotate(Upload("甲.xlsx", book.data), checked.judgements).data.startswith(b"PK")


def test_blank_and_lint_give_files_and_faults(workspace: Workspace, tmp_path: Path) -> None:
    made = blank(workspace, CODE, tmp_path / "out", engine=None)
    assert [path.suffix for path in made.files] == [".docx"]
    assert made.files[0].is_file()
    folder = tmp_path / "templates" / CODE
    (folder / "application.docx").write_bytes(province.form("{{ nmae }}"))
    linted = lint_folder(workspace, folder)
    assert linted.exit_code == ExitCode.PROGRAMME
    assert linted.errors >= 1
    with pytest.raises(UsageError):
        lint_folder(workspace, tmp_path)


def test_what_the_document_shows_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copy(EXAMPLE, tmp_path / "我的联合体.yaml")
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {}
    blocks = re.findall(r"```python\n(.*?)```", DOCS.read_text(encoding="utf-8"), re.DOTALL)
    assert len(blocks) == 4
    for block in blocks:
        exec(compile(block, DOCS.name, "exec"), names)  # noqa: S102 (what a reader would paste)
    assert list(tmp_path.glob("output/*/*-draft/packet.pdf"))
    assert "某创新联合体" in str(list(tmp_path.glob("output/*")))
    assert "packet.pdf" in capsys.readouterr().out
