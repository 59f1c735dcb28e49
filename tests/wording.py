"""What no message before a person may hold: names of the program's own, a clause twice, a term that breaks."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable

# Names that people know from their forms, files and screens, and what they type themselves.
KNOWN = {
    "Excel", "Word", "WPS", "PDF", "JSON", "YAML", "ZIP", "CSV", "Markdown", "UTF", "SHA", "CA", "OFD", "DOCX",
    "XLSX", "JPEG", "PNG", "TIFF", "HEIC", "MB", "GB", "KB", "dpi", "mm", "cm", "pt", "LibreOffice", "Typst", "Linux",
    "Windows", "macOS", "lianheti", "IP", "HTTPS", "Jinja", "CEL", "Dask", "TOC", "SM", "EMF", "WMF", "OLE",
}  # fmt: skip
_QUOTED = re.compile(r"“[^“”]*”|《[^《》]*》")
_FILES = re.compile(
    r"[^\s，。；：、（）]*\.(?:yaml|yml|xlsx|docx|pdf|json|md|zip|txt|csv|png|jpe?g)\b(?::\d+)?"
)
_OPTIONS = re.compile(r"(?<!\w)--?[a-z][a-z-]*")
_CELLS = re.compile(r"\b[A-Z]{1,3}\d+\b")
_WORD = re.compile(r"[A-Za-z][A-Za-z0-9_.\[\]-]*")


def latin(message: str, given: Iterable[str] = ()) -> list[str]:
    """The Latin words of a message that are neither known to people nor stand in what they wrote.

    Args:
        message: as it is shown.
        given: what the person wrote; what is quoted from it is no name of ours.
    """
    rest = message
    texts = [text for text in given if text]
    typed = {word for text in texts for word in _WORD.findall(text)}
    for text in sorted({text for text in texts if not _WORD.fullmatch(text)}, key=len, reverse=True):
        rest = rest.replace(text, "")
    for pattern in (_FILES, _OPTIONS, _CELLS):
        rest = pattern.sub("", rest)
    return [
        word
        for word in _WORD.findall(rest)
        if word not in typed and word.strip(".-[]") not in KNOWN and len(word) > 1
    ]


def faults(message: str, given: Iterable[str] = ()) -> list[str]:
    """What is wrong with how a message is worded; empty where nothing is.

    Args:
        message: one paragraph, as it is shown.
        given: what the person wrote.
    """
    found = [f"a name of the program's: {word}" for word in latin(message, given)]
    if "\n" in message.strip():
        found.append("a line break")
    clauses = [clause.strip() for clause in re.split(r"[。；]", message) if clause.strip()]
    found += [f"said twice: {one}" for one, two in itertools.pairwise(clauses) if one == two]
    found += [
        f"doubled: {mark.group()}"
        for mark in re.finditer(r"[，。；：、]{2,}|的的|“”|（）|None|True|False", message)
    ]
    if message.count("“") != message.count("”"):
        found.append("quotes do not match")
    return found
