"""A packet in the output folder: whole, the same each time, and never at the cost of a person's work."""

from __future__ import annotations

import hashlib
import json
import zipfile
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING

import pytest

from generator.errors import DataError, ExitCode, OutputError
from generator.publishing import (
    PacketFile,
    changed_files,
    publish,
    read_manifest,
    recover,
    safe_name,
)
from generator.publishing.manifest import Document, DocumentFile, File
from tests.publishing.samples import (
    AGREEMENT,
    FOLDER,
    FORM,
    INTERNAL,
    NAME,
    WHEN,
    A,
    B,
    inside,
    leftovers,
    manifest,
    put,
    snapshot,
    state,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def test_a_packet_stands_in_its_folder_and_the_same_in_the_archive_beside_it(tmp_path: Path) -> None:
    done = put(tmp_path / "not" / "yet", A)
    assert done.folder == tmp_path / "not" / "yet" / NAME / FOLDER
    assert done.archive == done.folder.with_name(FOLDER + ".zip")
    assert set(inside(done.folder)) == {FORM, AGREEMENT, INTERNAL, "manifest.json"}
    assert inside(done.archive) == inside(done.folder)
    assert done.written
    assert leftovers(tmp_path) == []


def document(digest: str) -> Document:
    files = (DocumentFile(path=AGREEMENT, sha256=digest, format="pdf"),)
    return Document(id="agreement", title="协议", filing="paper", edited=False, files=files, signatories=())


def test_the_manifest_lists_every_file_and_reads_as_given(tmp_path: Path) -> None:
    digest = hashlib.sha256(A[1].data).hexdigest()
    given = manifest(printed=File(path=AGREEMENT, sha256=digest, pages=2), documents=(document(digest),))
    done = publish(tmp_path, NAME, FOLDER, A, given, timestamp=WHEN)
    raw = (done.folder / "manifest.json").read_bytes()
    written = json.loads(raw.decode("utf-8"))
    assert raw.endswith(b"}\n")
    assert NAME.encode() in raw
    assert {key: written[key] for key in given.as_json()} == given.as_json()
    assert written["files"] == [
        {"path": file.path, "sha256": hashlib.sha256(file.data).hexdigest()} for file in A
    ]
    assert read_manifest(done.folder) == read_manifest(done.archive)
    assert read_manifest(done.folder).as_json() == written
    assert changed_files(done.folder) == changed_files(done.archive) == []


def test_a_manifest_that_contradicts_the_files_is_not_published(tmp_path: Path) -> None:
    wrong = [
        manifest(printed=File(path=AGREEMENT, sha256="0" * 64)),
        manifest(printed=File(path="missing.pdf", sha256="0" * 64)),
        manifest(documents=(document("0" * 64),)),
    ]
    for each in wrong:
        with pytest.raises(ValueError, match="manifest"):
            publish(tmp_path, NAME, FOLDER, A, each, timestamp=WHEN)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "path", ["../up.pdf", "/root.pdf", "a//b", "con.pdf", "a:b.pdf", "", "x\\y", "尾. /a"]
)
def test_a_path_that_leaves_the_folder_or_that_windows_cannot_hold_is_not_published(
    tmp_path: Path, path: str
) -> None:
    with pytest.raises(ValueError, match="safe"):
        put(tmp_path, [PacketFile(path, b"")])


@pytest.mark.parametrize("paths", [["a.pdf", "A.pdf"], ["x", "x/y"], ["Manifest.json"], ["a", "a"]])
def test_two_files_that_would_meet_on_windows_are_not_published(tmp_path: Path, paths: list[str]) -> None:
    with pytest.raises(ValueError, match="same path"):
        put(tmp_path, [PacketFile(path, b"") for path in paths])


def test_the_archive_is_the_same_bytes_each_time_and_its_names_are_utf8(tmp_path: Path) -> None:
    one, two = put(tmp_path / "1", A).archive, put(tmp_path / "2", list(reversed(A))).archive
    assert one.read_bytes() == two.read_bytes()
    with zipfile.ZipFile(one) as archive:
        assert archive.namelist() == sorted(inside(one))
        for member in archive.infolist():
            assert member.date_time == (2026, 3, 1, 8, 30, 0)
            packed = member.filename.endswith((".pdf", ".docx"))
            assert member.compress_type == (zipfile.ZIP_STORED if packed else zipfile.ZIP_DEFLATED)
            assert member.filename.isascii() or member.flag_bits & 0x800


def test_the_times_in_the_archive_do_not_hang_on_the_time_zone(tmp_path: Path) -> None:
    there = WHEN.astimezone(timezone(timedelta(hours=8)))
    here = put(tmp_path / "1", A).archive
    elsewhere = publish(tmp_path / "2", NAME, FOLDER, A, manifest(), timestamp=there).archive
    assert here.read_bytes() == elsewhere.read_bytes()


@pytest.mark.parametrize(("when", "year"), [(datetime(1970, 1, 1), 1980), (datetime(2500, 1, 1), 2107)])  # noqa: DTZ001 - a date of the data knows no zone
def test_a_time_that_zip_cannot_hold_becomes_the_nearest(tmp_path: Path, when: datetime, year: int) -> None:
    done = publish(tmp_path, NAME, FOLDER, A, manifest(), timestamp=when)
    with zipfile.ZipFile(done.archive) as archive:
        assert {member.date_time[0] for member in archive.infolist()} == {year}


def test_an_identical_packet_is_not_written_again(tmp_path: Path) -> None:
    put(tmp_path, A)
    before = snapshot(tmp_path)
    again = put(tmp_path, A)
    assert not again.written
    assert snapshot(tmp_path) == before


def test_a_packet_nobody_touched_is_replaced_and_leaves_no_trace(tmp_path: Path) -> None:
    put(tmp_path, A)
    done = put(tmp_path, B)
    assert state(tmp_path) == "B"
    assert done.moved_aside is None
    assert sorted(path.name for path in done.folder.parent.iterdir()) == [FOLDER, FOLDER + ".zip"]


def test_force_over_a_packet_nobody_touched_leaves_no_copy(tmp_path: Path) -> None:
    put(tmp_path, A)
    assert put(tmp_path, B, force=True).moved_aside is None
    assert state(tmp_path) == "B"


def edit(folder: Path) -> None:
    (folder / FORM).write_bytes(b"edited by hand")


def sign(folder: Path) -> None:
    with (folder / AGREEMENT).open("ab") as pdf:
        pdf.write(b"/Type /Sig /ByteRange [0 1 2 3]")


def delete(folder: Path) -> None:
    (folder / INTERNAL).unlink()


def add(folder: Path) -> None:
    (folder / "扫描件.pdf").write_bytes(b"scan")


def add_deep(folder: Path) -> None:
    (folder / "往来" / "空").mkdir(parents=True)


def link(folder: Path) -> None:
    (folder / FORM).unlink()
    (folder / FORM).symlink_to(folder / AGREEMENT)


def edit_manifest(folder: Path) -> None:
    manifest = folder / "manifest.json"
    manifest.write_bytes(manifest.read_bytes().replace("某省".encode(), "外省".encode()))


def break_manifest(folder: Path) -> None:
    (folder / "manifest.json").write_bytes(b"{")


def delete_manifest(folder: Path) -> None:
    (folder / "manifest.json").unlink()


def edit_archive(folder: Path) -> None:
    with zipfile.ZipFile(folder.with_name(FOLDER + ".zip"), "a") as archive:
        archive.writestr("补充.pdf", b"added", zipfile.ZIP_DEFLATED)


def replace_archive(folder: Path) -> None:
    folder.with_name(FOLDER + ".zip").write_bytes(b"not ours")


def comment_on_archive(folder: Path) -> None:
    with zipfile.ZipFile(folder.with_name(FOLDER + ".zip"), "a") as archive:
        archive.comment = b"sent on Monday"


def put_a_file_in_place(folder: Path) -> None:
    for path in sorted(folder.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    folder.rmdir()
    folder.write_bytes(b"a person's file")


TOUCHED = [
    (edit, FORM + "（内容变了）"),
    (sign, AGREEMENT + "（已签名）"),
    (delete, INTERNAL + "（被删除）"),
    (add, "扫描件.pdf（后来加入）"),
    (add_deep, "往来/空/（后来加入）"),
    (link, FORM),
    (edit_manifest, FOLDER + ".zip"),
    (break_manifest, "manifest.json（内容变了）"),
    (delete_manifest, "manifest.json（被删除）"),
    (edit_archive, FOLDER + ".zip"),
    (replace_archive, FOLDER + ".zip"),
    (comment_on_archive, FOLDER + ".zip"),
    (put_a_file_in_place, FOLDER + "（不是文件夹）"),
]


@pytest.mark.parametrize(("touch", "named"), TOUCHED)
def test_what_a_person_changed_is_refused_named_and_left_alone(
    tmp_path: Path, touch: Callable[[Path], None], named: str
) -> None:
    folder = put(tmp_path, A).folder
    touch(folder)
    before = snapshot(tmp_path)
    with pytest.raises(OutputError) as caught:
        put(tmp_path, B)
    assert caught.value.exit_code is ExitCode.OUTPUT
    assert named in str(caught.value)
    assert "--force" in str(caught.value)
    assert snapshot(tmp_path) == before
    assert leftovers(tmp_path) == []


@pytest.mark.parametrize(("touch", "named"), TOUCHED)
def test_force_moves_what_a_person_changed_aside_as_it_was(
    tmp_path: Path, touch: Callable[[Path], None], named: str
) -> None:
    folder = put(tmp_path, A).folder
    touch(folder)
    before = snapshot(tmp_path)
    done = put(tmp_path, B, force=True)
    assert done.moved_aside == folder.with_name(FOLDER + "-旧1")
    assert state(tmp_path) == "B"
    after = snapshot(tmp_path)
    for path, content in before.items():
        assert after[path.replace(FOLDER, FOLDER + "-旧1")] == content
    assert leftovers(tmp_path) == []


def test_moving_aside_counts_on(tmp_path: Path) -> None:
    for number in (1, 2, 3):
        folder = put(tmp_path, A, force=True).folder
        (folder / FORM).write_bytes(f"edit {number}".encode())
    put(tmp_path, A, force=True)
    for number in (1, 2, 3):
        aside = folder.with_name(f"{FOLDER}-旧{number}")
        assert (aside / FORM).read_bytes() == f"edit {number}".encode()


def test_a_new_packet_that_holds_the_edited_file_as_it_is_replaces_the_rest(tmp_path: Path) -> None:
    folder = put(tmp_path, A).folder
    edit(folder)
    bound = [PacketFile(FORM, b"edited by hand"), *B[1:]]
    done = put(tmp_path, bound)
    assert done.moved_aside is None
    assert inside(folder)[FORM] == b"edited by hand"
    assert inside(folder)[AGREEMENT] == B[1].data
    assert changed_files(folder) == []
    assert leftovers(tmp_path) == []


def test_a_change_made_while_the_new_packet_is_being_written_is_seen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = put(tmp_path, A).folder

    def archive_slowly(*_: object) -> bytes:
        edit(folder)
        return b"the archive"

    monkeypatch.setattr("generator.publishing.packets.archive_bytes", archive_slowly)
    with pytest.raises(OutputError, match=FORM):
        put(tmp_path, B)
    assert inside(folder)[FORM] == b"edited by hand"
    assert inside(folder)[AGREEMENT] == A[1].data
    assert leftovers(tmp_path) == []


def test_a_deleted_archive_is_written_again(tmp_path: Path) -> None:
    put(tmp_path, A).archive.unlink()
    assert put(tmp_path, A).written
    assert state(tmp_path) == "A"


def test_a_deleted_folder_is_written_again(tmp_path: Path) -> None:
    folder = put(tmp_path, A).folder
    folder.rename(tmp_path / "elsewhere")
    put(tmp_path, B)
    assert state(tmp_path) == "B"


@pytest.mark.parametrize("name", [".DS_Store", "Thumbs.db", "desktop.ini"])
def test_what_a_desktop_leaves_in_a_folder_is_no_change(tmp_path: Path, name: str) -> None:
    folder = put(tmp_path, A).folder
    (folder / name).write_bytes(b"icons")
    assert changed_files(folder) == []
    put(tmp_path, B)
    assert state(tmp_path) == "B"


@pytest.mark.parametrize(
    ("file", "mark"),
    [
        (FORM, "~$ 组建申请表.docx"),
        (FORM, f".~lock.{FORM}#"),
        (INTERNAL, "internal/~$nditions.pdf"),
        ("短.docx", "~$短.docx"),
    ],
)
@pytest.mark.parametrize("force", [False, True])
def test_a_file_open_in_an_office_program_is_named(tmp_path: Path, file: str, mark: str, force: bool) -> None:
    folder = put(tmp_path, [*A, PacketFile("短.docx", b"short")]).folder
    (folder / mark).write_bytes(b"user")
    before = snapshot(tmp_path)
    with pytest.raises(OutputError, match="打开") as caught:
        put(tmp_path, B, force=force)
    assert f"：{file}。" in str(caught.value)
    assert mark in str(caught.value)
    assert snapshot(tmp_path) == before
    assert not put(tmp_path, [*A, PacketFile("短.docx", b"short")]).written


def test_an_output_folder_that_is_a_file_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "output"
    file.write_bytes(b"mine")
    for root in (file, file / "below"):
        with pytest.raises(OutputError, match="同名的文件"):
            put(root, A)
    with pytest.raises(OutputError, match="output"):
        recover(file)
    assert file.read_bytes() == b"mine"


def test_a_consortium_folder_that_is_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / NAME).write_bytes(b"mine")
    with pytest.raises(OutputError, match=NAME):
        put(tmp_path, A)
    assert (tmp_path / NAME).read_bytes() == b"mine"


def test_a_link_that_leads_out_of_the_output_folder_is_not_followed(tmp_path: Path) -> None:
    root, outside = tmp_path / "output", tmp_path / "outside"
    root.mkdir()
    outside.mkdir()
    (root / NAME).symlink_to(outside, target_is_directory=True)
    with pytest.raises(OutputError, match="链接"):
        put(root, A)
    assert list(outside.iterdir()) == []


def test_a_link_in_place_of_the_packet_is_moved_aside_and_its_target_untouched(tmp_path: Path) -> None:
    root, outside = tmp_path / "output", tmp_path / "outside"
    outside.mkdir()
    folder = put(root, A).folder
    folder.rename(outside / "moved")
    folder.symlink_to(outside / "moved", target_is_directory=True)
    before = snapshot(outside)
    with pytest.raises(OutputError, match="不是文件夹"):
        put(root, B)
    put(root, B, force=True)
    assert state(root) == "B"
    assert snapshot(outside) == before


def test_an_output_folder_reached_by_a_link_is_as_good_as_any(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real", target_is_directory=True)
    put(tmp_path / "link", A)
    assert state(tmp_path / "real") == "A"


def test_names_that_differ_only_in_case_have_folders_of_their_own(tmp_path: Path) -> None:
    one, two = put(tmp_path, A, name="Acme联合体"), put(tmp_path, B, name="ACME联合体")
    assert one.folder.parent.name == safe_name("Acme联合体")
    assert one.folder.parent.name.casefold() != two.folder.parent.name.casefold()


def test_a_folder_without_a_manifest_is_no_packet(tmp_path: Path) -> None:
    (tmp_path / "x.pdf").write_bytes(b"x")
    with pytest.raises(DataError, match=r"manifest\.json"):
        read_manifest(tmp_path)
    assert [str(change) for change in changed_files(tmp_path)] == [
        "x.pdf（后来加入）",
        "manifest.json（被删除）",
    ]


@pytest.mark.parametrize(
    "raw", [b"", b"[]", b'{"files": 3}', b'{"files": [{"path": 1}]}', b"\xff", b"[" * 99999]
)
def test_a_broken_manifest_is_said_to_be_broken(tmp_path: Path, raw: bytes) -> None:
    (tmp_path / "manifest.json").write_bytes(raw)
    with pytest.raises(DataError, match="损坏"):
        read_manifest(tmp_path)
    assert [change.kind for change in changed_files(tmp_path)] == ["edited"]


def test_a_manifest_that_names_files_elsewhere_reads_none_of_them(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_bytes(b"secret")
    folder = tmp_path / "packet"
    folder.mkdir()
    entry = {"path": "../secret", "sha256": hashlib.sha256(b"secret").hexdigest()}
    content = {**manifest().as_json(), "files": [entry], "manifest_sha256": "0" * 64}
    (folder / "manifest.json").write_text(json.dumps(content), encoding="utf-8")
    assert [str(change) for change in changed_files(folder)] == ["manifest.json（内容变了）"]
    with pytest.raises(DataError, match="损坏"):
        read_manifest(folder)


def test_an_archive_that_cannot_be_read_is_said_to_be_no_packet(tmp_path: Path) -> None:
    broken = tmp_path / "packet.zip"
    broken.write_bytes(b"PK")
    with pytest.raises(DataError):
        read_manifest(broken)
    with pytest.raises(DataError):
        read_manifest(tmp_path / "missing")
    assert [change.kind for change in changed_files(broken)] == ["edited"]
