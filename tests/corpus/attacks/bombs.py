"""Attacks by the file alone: what is no notebook, is far too large, or blows up when it is read."""

from __future__ import annotations

import functools
import gzip
import io
import json
import zipfile
from collections.abc import Callable

from autograder import notebook
from tests.corpus.attacks.recipe import FULL, NOTHING, Attack, Honest, Scene

_HARM = "the class does not go on, memory grows without bound, or the reason says nothing to a student"


def _text(honest: Honest) -> str:
    return notebook.write(honest.notebook())


@functools.cache
def _packed() -> tuple[bytes, bytes]:
    """Return a hundred megabytes of spaces as a zip file and as a gzip file."""
    archive, spaces = io.BytesIO(), b" " * (100 << 20)
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as file:
        file.writestr("meadow.ipynb", spaces)
    return archive.getvalue(), gzip.compress(spaces, 1, mtime=0)


def _is(data: Callable[[], bytes]) -> Callable[[Honest, Scene], bytes]:
    """Hand in bytes that have nothing to do with the assignment."""

    def make(honest: Honest, scene: Scene) -> bytes:
        return data()

    return make


def _encoded(encode: Callable[[str], bytes]) -> Callable[[Honest, Scene], bytes]:
    """Hand in the solved notebook, with its text made into bytes in some way."""

    def make(honest: Honest, scene: Scene) -> bytes:
        return encode(_text(honest))

    return make


def _changed(**changes: object) -> Callable[[Honest, Scene], bytes]:
    def make(honest: Honest, scene: Scene) -> bytes:
        return json.dumps(json.loads(_text(honest)) | changes).encode()

    return make


def _doubled_ids(honest: Honest, scene: Scene) -> bytes:
    content = json.loads(_text(honest))
    for cell in content["cells"]:
        cell["id"] = "same"
    return json.dumps(content).encode()


def _odd_characters(honest: Honest, scene: Scene) -> bytes:
    """Put zero bytes, lone surrogates and control characters into prose, and into a cell that fails on its own."""
    content = json.loads(_text(honest))
    odd = "\x00\ud800\udfff\x1b\x0c\u2028\ufeff\uffff" + chr(0x10FFFF)
    content["cells"].append({"cell_type": "code", "metadata": {}, "source": odd, "outputs": []})
    content["cells"].append({"cell_type": "code", "metadata": {}, "source": f"print({odd!r})", "outputs": []})
    content["cells"].append({"cell_type": "markdown", "metadata": {"odd": odd}, "source": [odd, odd]})
    return json.dumps(content).encode()


def _zeros(honest: Honest, scene: Scene) -> bytes:
    return _text(honest).encode().replace(b'"cells"', b'"cells\x00"')


def _twice(honest: Honest, scene: Scene) -> bytes:
    """Give keys twice: readers differ in which one counts."""
    text = _text(honest)
    return text.replace('"cells": [', '"cells": [], "cells": [', 1).encode()


def _bomb(student: str, tries: str, make: Callable[[Honest, Scene], bytes], reason: str) -> Attack:
    """Return a file that is to be refused, for a reason that holds these words."""
    return Attack(
        student=student,
        row="bomb",
        tries=tries,
        success=_HARM,
        make=make,
        honest=NOTHING,
        grade="not gradable",
        reason=reason,
    )


def _odd(student: str, tries: str, make: Callable[[Honest, Scene], bytes]) -> Attack:
    """Return a file that is odd and can be graded."""
    return Attack(student=student, row="bomb", tries=tries, success=_HARM, make=make, honest=FULL)


ATTACKS: tuple[Attack, ...] = (
    _bomb("bomb_zip", "It is a zip file that unpacks to a hundred megabytes.", _is(lambda: _packed()[0]), "zip file"),
    _bomb(
        "bomb_gzip",
        "It is packed, and a hundred megabytes when unpacked.",
        _is(lambda: _packed()[1]),
        "compressed",
    ),
    _bomb(
        "bomb_large",
        "It has sixty megabytes.",
        _encoded(lambda text: text.encode() + b" " * (60 << 20)),
        "at most 20 MB",
    ),
    _bomb("bomb_deep", "It is a list in a list in a list.", _is(lambda: b"[" * 10**6), "nested too deeply"),
    _bomb(
        "bomb_digits",
        "It holds a number of a million digits.",
        _is(lambda: b'{"nbformat": 4, "cells": ' + b"9" * 10**6 + b"}"),
        "too long",
    ),
    _bomb("bomb_empty", "It is empty.", _is(bytes), "is empty"),
    _bomb("bomb_zeros", "It holds zero bytes between its letters.", _zeros, "not valid JSON"),
    _bomb("bomb_no_cells", "It has no cells.", _changed(cells=[]), "no cells"),
    _bomb("bomb_cells", "It has cells that are none.", _changed(cells=[[], 7, None, {"cell_type": []}]), "cell 1"),
    _bomb("bomb_format_3", "It claims to be of format 3.", _changed(nbformat=3, worksheets=7), "format 3"),
    _bomb("bomb_format", "It claims a format that is no number.", _changed(nbformat="four"), "not a notebook"),
    _bomb(
        "bomb_latin",
        "It is written in an encoding of which nobody tells.",
        _encoded(lambda text: text.encode("cp037")),
        "not UTF-8",
    ),
    _odd("bomb_utf16", "It is written in UTF-16.", _encoded(lambda text: text.encode("utf-16"))),
    _odd("bomb_ids", "It gives all its cells one id.", _doubled_ids),
    _odd("bomb_characters", "It holds characters that are none.", _odd_characters),
    _odd("bomb_keys", "It says twice what its cells are.", _twice),
)
