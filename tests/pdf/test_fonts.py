"""Which file serves which face."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import pytest

from generator.pdf.fonts.face_cache import coverage, read_faces
from generator.pdf.fonts.faces import ENVIRONMENT, LATIN_ROLES, ROLES, find_faces
from tests.pdf.conftest import make_font

if TYPE_CHECKING:
    from pathlib import Path

    from generator.pdf.fonts.faces import Faces


@pytest.mark.parametrize(
    ("name", "role"),
    [
        ("仿宋_GB2312", "仿宋"), ("FangSong", "仿宋"), ("fangsong_gb2312", "仿宋"), ("方正仿宋_GBK", "仿宋"),
        ("楷体_GB2312", "楷体"), ("KaiTi", "楷体"), ("SimHei", "黑体"), ("微软雅黑", "黑体"), ("等线", "黑体"),
        ("宋体", "宋体"), ("SimSun", "宋体"), ("方正小标宋简体", "小标宋"), ("FZXiaoBiaoSong-B05S", "小标宋"),
        ("华文中宋", "小标宋"), ("某种没见过的字体", "宋体"), (None, "宋体"),
    ],
)  # fmt: skip
def test_names_of_foundries_and_systems_stand_for_the_five_faces(
    faces: Faces, name: str | None, role: str
) -> None:
    assert faces.role(name) == role


@pytest.mark.parametrize("name", ["Times New Roman", "Calibri", "Whatever", None])
def test_every_latin_name_has_a_face(faces: Faces, name: str | None) -> None:
    assert faces.role(name, latin=True) in faces.roles


def test_a_face_is_known_by_its_own_name_not_its_file_name(tmp_path: Path) -> None:
    font = make_font(tmp_path / "x1.ttf", "FangSong_GB2312", characters="中")
    make_font(tmp_path / "simhei.ttf", "Something Else", characters="中")
    found = find_faces(tmp_path)
    assert found.roles["仿宋"].path == font.resolve()
    assert "仿宋" not in found.missing
    assert "黑体" in found.missing or "simhei" not in found.roles["黑体"].path.name


def test_the_users_folder_may_be_named_by_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_font(tmp_path / "k.ttf", "楷体", characters="中")
    monkeypatch.setenv(ENVIRONMENT, str(tmp_path))
    assert find_faces().roles["楷体"].family == "楷体"


def test_a_face_that_lacks_a_character_has_others_behind_it(tmp_path: Path) -> None:
    make_font(tmp_path / "f.ttf", "FangSong", characters="中")
    found = find_faces(tmp_path)
    assert "国" not in coverage(found.roles["仿宋"])
    assert found.draws("国")
    assert not found.draws("\U00020000")


def test_a_rare_face_in_the_users_folder_draws_what_no_other_does(tmp_path: Path) -> None:
    make_font(tmp_path / "rare.ttf", "Rare Characters", characters="\U00020000")
    assert find_faces(tmp_path).draws("\U00020000")


def test_a_broken_file_among_the_fonts_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "broken.ttf").write_bytes(b"\x00\x01\x00\x00 no font")
    (tmp_path / "empty.ttc").write_bytes(b"")
    assert read_faces(tmp_path / "broken.ttf") == []
    assert find_faces(tmp_path).roles.keys() >= ROLES.keys()


def test_the_digests_are_those_of_the_files(faces: Faces) -> None:
    by_role = {item["role"]: item for item in faces.digests()}
    assert by_role.keys() >= ROLES.keys()
    for role, face in faces.roles.items():
        assert by_role[role]["sha256"] == hashlib.sha256(face.path.read_bytes()).hexdigest()


def test_no_two_roles_share_a_name() -> None:
    names = [name.lower() for group in (ROLES, LATIN_ROLES) for aliases in group.values() for name in aliases]
    assert len(names) == len(set(names))


def test_what_noto_lacks_is_known(faces: Faces) -> None:
    if set(faces.missing) != set(ROLES):
        pytest.skip("this machine has Chinese faces of its own")
    # The five that official forms and rare names ask for; the ticked boxes come from the engine's own face.
    assert [char for char in "㛃𬭎䶮〇㎡" if not faces.draws(char)] == []
    assert [char for char in "☐☑☒" if char in coverage(faces.roles["宋体"])] == []
    assert faces.draws("☑")
