"""Files that a data file names: texts that go into the data, and attachments.

They must stand in the data file's folder or below it. What would lead out of it (``..``, absolute paths,
links) is refused: a data file may come from a stranger, and what it names ends up in a packet.
"""

from __future__ import annotations

import hashlib
import re
from pathlib import Path, PurePosixPath, PureWindowsPath

from generator.base.characters import BadValueError, check_characters, refused_character
from generator.base.failures import reason
from generator.base.files import sha256_of
from generator.base.text_files import MAX_FILE_BYTES, MAX_VALUE_CHARACTERS, decode
from generator.base.tree import (
    Entries,
    Entry,
    Items,
    Node,
    Scalar,
)
from generator.errors import DataError, Place
from generator.model.consortium import Passage
from generator.model.fields import FieldSpec, Part
from generator.model.notices import Notice
from generator.model.rich_text import RichText
from generator.readers.chapters.kept import kept_name
from generator.readers.translate import Translator, is_blank, shortened

TEXT_SUFFIXES = frozenset({".txt", ".md"})
WORD_SUFFIX = ".docx"
_LIKE_MARKDOWN = re.compile(r"^(?:\||!\[|[-*+] |#{1,6} )|\*\*", re.MULTILINE)
MAX_ATTACHED_BYTES = 200_000_000


class LinkedFiles:
    """Follows the file names in one data file.

    Args:
        folder: the data file's folder.
        translator: takes the problems.

    Attributes:
        inputs: sha256 of every file met, by its path relative to the folder, with ``/``.
    """

    def __init__(self, folder: Path, translator: Translator) -> None:
        self.folder = folder
        self.translator = translator
        self.inputs: dict[str, str] = {}

    def follow(self, tree: Entries, part: type[Part], path: str = "") -> Entries:
        """The tree with the texts of its text files in place, and attachments named with ``/``.

        A passage's text comes from one of text and file; what names no usable file is left out.
        """
        specs = part.specs()
        kept = []
        for entry in tree:
            here = f"{path}.{entry.key}" if path else entry.key
            node = self._value(entry.node, specs[entry.key], here)
            if node is not None:
                kept.append(Entry(entry.key, entry.place, node))
        return Entries(tuple(kept), tree.place)

    def _value(self, node: Node, spec: FieldSpec, path: str) -> Node | None:
        if spec.shape == "map" and isinstance(node, Entries):
            pairs = [(entry, self._below(entry.node, spec, f"{path}.{entry.key}")) for entry in node]
            found = tuple(Entry(entry.key, entry.place, below) for entry, below in pairs if below is not None)
            return Entries(found, node.place)
        if isinstance(node, Items) and spec.part is not None:
            items = (self._below(item, spec, f"{path}[{at}]") for at, item in enumerate(node.items))
            return Items(tuple(item for item in items if item is not None), node.place)
        return self._below(node, spec, path)

    def _below(self, node: Node, spec: FieldSpec, path: str) -> Node | None:
        if spec.part is None:
            return self._attachments(node, path) if spec.shape == "map" else node
        if not isinstance(node, Entries):
            return node
        if issubclass(spec.part, Passage):
            return self._passage(node, path)
        return self.follow(node, spec.part, path)

    def _attachments(self, node: Node, path: str) -> Node:
        if not isinstance(node, Items):
            return node
        kept: list[Node] = []
        for item in node.items:
            here = f"{path}[{len(kept)}]"
            target = self.inside(item, here) if isinstance(item, Scalar) else None
            if target is None or not isinstance(item, Scalar):
                continue
            name, file = target
            try:
                if file.exists() and not file.is_file():
                    what = f"指向的{shortened(item.text)}不是普通的文件"
                    self.translator.wrong(here, item.place, what, "换成 PDF 或图片文件")
                    continue
                if file.is_file():
                    if file.stat().st_size > MAX_ATTACHED_BYTES:
                        what = f"指向的{shortened(item.text)}超过 {MAX_ATTACHED_BYTES // 1_000_000} MB"
                        self.translator.wrong(here, item.place, what, "缩小或分成几个文件")
                        continue
                    self.inputs[name] = sha256_of(file)
            except OSError as error:
                self._unreadable(item, here, error)
                continue
            kept.append(Scalar(name, item.place))
        return Items(tuple(kept), node.place)

    def _passage(self, node: Entries, path: str) -> Node | None:
        given = [entry for entry in node if entry.key in {"text", "file"}]
        if len(given) > 1:
            self.translator.wrong(path, given[1].place, "同时写了正文和文件", "在“正文”“文件”中只写一种")
            return None
        file = node.get("file")
        if not isinstance(file, Scalar):
            return node
        if file.text.strip().lower().endswith(WORD_SUFFIX):
            text = self._chapter(file, f"{path}.file")
        else:
            text = self._text(file, f"{path}.file", marked=node.get("format") is not None)
        if text is None:
            return None
        if is_blank(text):
            return node
        return Entries((*node.entries, Entry("text", text.place, text)), node.place)

    def _chapter(self, node: Scalar, path: str) -> Scalar | None:
        """What a Word file says; None where it can't be used."""
        # The reader of Word files is slow to import, and few data files name one.
        from generator.readers.chapters.word import read_word

        try:
            data = self.bytes_of(node.text, MAX_FILE_BYTES)
            chapter = read_word(data, node.text)
        except BadValueError as error:
            what = (
                error.what if error.what.startswith("指向的") else f"指向的{shortened(node.text)}{error.what}"
            )
            self.translator.wrong(path, node.place, what, error.remedy)
            return None
        if chapter.revisions:
            what = f"{chapter.revisions} 处修订作全部接受"
            self.translator.notices.append(Notice("understood", what, Place(node.text), path))
        name = kept_name(data, WORD_SUFFIX.removeprefix("."))
        return Scalar(RichText(chapter.blocks, {"file": name}, {name: data}), node.place)

    def _text(self, node: Scalar, path: str, *, marked: bool) -> Scalar | None:
        """What a text file says; None where it can't be used."""
        target = self.inside(node, path)
        if target is None:
            return None
        name, file = target
        wrong = self.translator.wrong
        if file.suffix.lower() not in TEXT_SUFFIXES:
            what = f"指向的{shortened(node.text)}不是文本文件"
            wrong(path, node.place, what, "把内容另存为 UTF-8 编码的 .txt 或 .md 文件，或 .docx 文件")
            return None
        try:
            if not file.is_file():
                what = f"指向的{shortened(node.text)}不存在"
                wrong(path, node.place, what, "核对文件名，文件路径从数据文件所在的文件夹算起")
                return None
            if file.stat().st_size > MAX_FILE_BYTES:
                what = f"指向的{shortened(node.text)}超过 {MAX_FILE_BYTES // 1_000_000} MB"
                wrong(path, node.place, what, "缩短内容，或改为附件")
                return None
            data = file.read_bytes()
        except OSError as error:
            self._unreadable(node, path, error)
            return None
        self.inputs[name] = hashlib.sha256(data).hexdigest()
        try:
            text = decode(data, name).replace("\r\n", "\n").replace("\r", "\n").removesuffix("\n")
        except DataError as error:
            wrong(path, error.place or node.place, f"指向的{error.what}", error.remedy)
            return None
        if len(text) > MAX_VALUE_CHARACTERS:
            what = f"指向的文件有 {len(text)} 个字符，超过 {MAX_VALUE_CHARACTERS} 个的上限"
            wrong(path, Place(name), what, "缩短内容，或改为附件")
            return None
        if found := refused_character(text):
            line = text.count("\n", 0, text.index(found[0])) + 1
            what = f"指向的文件里有{found[1]}（U+{ord(found[0]):04X}），印不出来"
            wrong(path, Place(name, line), what, "删去这个字符后重新保存")
            return None
        if not marked and file.suffix.lower() == ".md" and _LIKE_MARKDOWN.search(text):
            what = "像是有表格、图片或列表的 Markdown，现在按纯文本照印；要排出来的，写上“格式: markdown”"
            self.translator.notices.append(Notice("ask", what, Place(name, 1), path))
        return Scalar(text, Place(name, 1))

    def inside(self, node: Scalar, path: str) -> tuple[str, Path] | None:
        """A file's relative name and its path; None where the name leads out of the folder."""
        try:
            return self._located(node.text)
        except BadValueError as error:
            self.translator.wrong(path, node.place, error.what, error.remedy)
            return None

    def _located(self, given: str) -> tuple[str, Path]:
        """A file's relative name and its path.

        Raises:
            BadValueError: the name leads out of the folder, or is none that the system can have.
        """
        check_characters(given)
        text = given.strip().replace("\\", "/")
        windows = PureWindowsPath(text)
        absolute = text.startswith(("/", "~")) or bool(windows.drive or windows.root)
        try:
            home = self.folder.resolve()
            if not absolute and (home / text).resolve().is_relative_to(home):
                return str(PurePosixPath(text)), self.folder / text
        except (OSError, RuntimeError, ValueError):
            # A loop of links, or a name that the system cannot have.
            raise BadValueError(f"指向的{shortened(given)}无法打开", "核对文件名，去掉循环的链接") from None
        what = f"指向的{shortened(given)}不在数据文件所在的文件夹里"
        raise BadValueError(what, "把文件复制到数据文件所在的文件夹或其下，写相对路径")

    def bytes_of(self, given: str, most: int) -> bytes:
        """What a file holds that a text names.

        Args:
            given: its name as written.
            most: how large it may be, in bytes.

        Raises:
            BadValueError: it leads out of the folder, is not there, too large or not readable.
        """
        name, file = self._located(given)
        try:
            if not file.is_file():
                what = "不是普通的文件" if file.exists() else "不存在"
                remedy = "核对文件名，文件路径从数据文件所在的文件夹算起"
                raise BadValueError(f"指向的{shortened(given)}{what}", remedy)
            if file.stat().st_size > most:
                raise BadValueError(
                    f"指向的{shortened(given)}超过 {most // 1_000_000} MB", "缩小后再用，或改为附件"
                )
            data = file.read_bytes()
        except OSError as error:
            what = f"指向的{shortened(given)}读不了（{reason(error)}）"
            raise BadValueError(what, "核对文件的权限，并关闭正在使用它的程序") from None
        self.inputs[name] = hashlib.sha256(data).hexdigest()
        return data

    def _unreadable(self, node: Scalar, path: str, error: OSError) -> None:
        what = f"指向的{shortened(node.text)}读不了（{reason(error)}）"
        self.translator.wrong(path, node.place, what, "核对文件的权限，并关闭正在使用它的程序")
