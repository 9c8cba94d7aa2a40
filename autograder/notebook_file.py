"""What is in a file that should be a notebook: JSON, or what it is instead, told by its beginning."""

from __future__ import annotations

import codecs
import json
import re
from typing import Any

from autograder.errors import NotebookError

_MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF32_LE: "utf-32",  # before UTF-16, whose mark it begins with
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
_PACKED = {
    b"PK\x03\x04": "this is a zip file; unpack it, and hand in the notebook that is in it",
    b"\x1f\x8b": "this is a compressed file; unpack it, and hand in the notebook that is in it",
    b"%PDF": "this is a PDF file; hand in the notebook itself, the .ipynb file that Jupyter saved",
}
_PYTHON = re.compile(rb"(#|import |from \w|def |class |\"\"\"|%|@)")


def content_of(data: bytes) -> Any:
    """Return the JSON value in the bytes of a file; NotebookError, with what is there instead, where there is none."""
    if not data.strip():
        msg = "the file is empty; save the notebook in Jupyter, and hand in the file that it wrote"
        raise NotebookError(msg)
    try:
        return json.loads(_text(data))
    except json.JSONDecodeError as error:
        raise NotebookError(_not_json(data, error)) from None
    except (RecursionError, ValueError):
        msg = "the file is nested too deeply, or holds a number that is too long; save it again in Jupyter"
        raise NotebookError(msg) from None


def _text(data: bytes) -> str:
    """Return the text in `data`: UTF-8, or the encoding that a byte order mark at its beginning names."""
    encoding = next((name for mark, name in _MARKS.items() if data.startswith(mark)), "utf-8")
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        known = next((what for start, what in _PACKED.items() if data.startswith(start)), None)
        msg = known or (
            f"the file is not UTF-8 text (byte {error.start}): another program than Jupyter saved it; "
            "open it there and save it as UTF-8, or hand in the .ipynb file that Jupyter saved"
        )
        raise NotebookError(msg) from None


def _not_json(data: bytes, error: json.JSONDecodeError) -> str:
    """Return what the file is instead of a notebook, as far as its beginning tells."""
    start = data.lstrip(b"\xef\xbb\xbf \t\r\n")
    if start.startswith(tuple(_PACKED)):
        return next(what for magic, what in _PACKED.items() if start.startswith(magic))
    if start.startswith(b"<"):
        return "this is a web page, not a notebook (a login page, perhaps); sign in, and download the notebook again"
    if _PYTHON.match(start):
        return (
            "this is a Python file, not a notebook; put the code into the notebook's cells, and hand in the .ipynb file"
        )
    where = f"the file is not valid JSON (line {error.lineno}, column {error.colno})"
    if start.startswith(b"{"):
        return f"{where}; it was probably cut off: open it in Jupyter, save it, and hand it in again"
    return f"{where}, so it is no notebook; hand in the .ipynb file that Jupyter saved"
