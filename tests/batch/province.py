"""A small programme and data files for it, so that packets are made in hundredths of a second."""

from __future__ import annotations

import io
import json
from pathlib import Path

import docx

from generator.publishing import changed_files

CODE = "somewhere/small-2022"
OTHER = "somewhere/other-2022"
_PROGRAMME = """schema: 1
code: {code}
title: 某省创新联合体组建备案
short_title: 某省{name}
authority: 某省科学技术厅
region: 某省
source: {{title: 某办法}}
documents:
  - {{id: application, title: 某省创新联合体申请表, template: application.docx}}
"""


def templates(root: Path, *codes: str) -> Path:
    """A templates folder with these programmes."""
    for code in codes:
        folder = root / code
        folder.mkdir(parents=True)
        text = _PROGRAMME.format(code=code, name=code.partition("/")[2])
        (folder / "programme.yaml").write_text(text, encoding="utf-8")
        (folder / "application.docx").write_bytes(form("申请表 {{ name }}"))
    return root


def form(heading: str) -> bytes:
    word = docx.Document()
    word.add_paragraph(heading)
    word.add_paragraph("{%p for member in members %}")
    word.add_paragraph("{{ member.name }}")
    word.add_paragraph("{%p endfor %}")
    stream = io.BytesIO()
    word.save(stream)
    return stream.getvalue()


def data(folder: Path, *names: str, members: int = 2) -> list[Path]:
    """A data file for each name, with members."""
    folder.mkdir(exist_ok=True)
    paths = []
    for name in names:
        lines = [f"name: 某省{name}创新联合体", "members:"]
        lines += [f"  - name: {name}成员{number}" for number in range(members)]
        path = folder / f"{name}.yaml"
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        paths.append(path)
    return paths


def standing(root: Path) -> dict[str, bytes]:
    """Every file of the output folder that a person sees."""
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in sorted(root.rglob("*"))
        if path.is_file() and not any(part.startswith(".") for part in path.relative_to(root).parts)
    }


def broken(root: Path) -> list[str]:
    """What is wrong with the packets that stand in the output folder; nothing, if each is whole."""
    found = []
    for base in root.iterdir() if root.exists() else []:
        if base.name.startswith("."):
            continue
        found += [f"left over: {path.name}" for path in base.iterdir() if path.name.startswith(".")]
        names = {path.name.removesuffix(".zip") for path in base.iterdir() if not path.name.startswith(".")}
        for name in names:
            folder, archive = base / name, base / f"{name}.zip"
            if not folder.is_dir() or not archive.is_file():
                found.append(f"{base.name}/{name}: only one of folder and archive")
                continue
            found += [f"{base.name}/{name}: {change}" for change in changed_files(folder)]
            found += [f"{base.name}/{name}.zip: {change}" for change in changed_files(archive)]
            if json.loads((folder / "manifest.json").read_bytes())["consortium"] not in base.name:
                found.append(f"{base.name}/{name}: another consortium's")
    return found
