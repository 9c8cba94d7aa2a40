"""Files that are no notebook, or hardly one: cut off, encoded oddly, of another format, of another kind."""

from __future__ import annotations

import gzip
import io
import json
import os
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.corpus.broken.recipe import Broken, Make, Material, answer, as_file, refused

_GIGABYTE = 1 << 30
_LOGIN = """<!DOCTYPE html>
<html lang="en"><head><title>Sign in to your account</title></head>
<body><form action="/login" method="post">Password: <input type="password"></form></body></html>
"""
_SCRIPT = "# %%\nimport numpy as np\n\n\ndef circuit(x, y, z):\n    return (x + y) * z, (z, z, x + y)\n"


def _solved(begin: Material) -> bytes:
    return as_file(begin.solved())


def _spoiled(change: Callable[[bytes], bytes]) -> Make:
    """Return the recipe of a solved notebook whose bytes are changed."""
    return lambda begin: change(_solved(begin))


def _edited(change: Callable[[dict[str, Any]], object]) -> Make:
    """Return the recipe of a solved notebook whose JSON is changed."""

    def make(begin: Material) -> bytes:
        content = json.loads(_solved(begin))
        change(content)
        return json.dumps(content).encode()

    return make


def _constant(data: bytes) -> Make:
    return lambda _: data


def _zipped(data: bytes) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr("gates.ipynb", data)
    return held.getvalue()


def _with_umlaut(data: bytes) -> bytes:
    content = json.loads(data)
    content["metadata"]["author"] = "Größe"
    return json.dumps(content, ensure_ascii=False).encode("latin-1", "replace")


def _minor(minor: int) -> Make:
    def change(content: dict[str, Any]) -> None:
        content["nbformat_minor"] = minor
        for cell in content["cells"]:
            del cell["id"]

    return _edited(change)


def _version_3(begin: Material) -> bytes:
    cells = []
    for cell in json.loads(_solved(begin))["cells"]:
        text = "input" if cell["cell_type"] == "code" else "source"
        old = {"cell_type": cell["cell_type"], "metadata": cell["metadata"], text: cell["source"]}
        cells.append(old | ({"language": "python", "outputs": []} if text == "input" else {}))
    worksheets = [{"cells": cells, "metadata": {}}]
    return json.dumps({"nbformat": 3, "nbformat_minor": 0, "metadata": {}, "worksheets": worksheets}).encode()


def _large_image(content: dict[str, Any]) -> None:
    image = {"output_type": "display_data", "metadata": {}, "data": {"image/png": "A" * (50 << 20)}}
    content["cells"][-1]["outputs"] = [image]


def _thousands_of_outputs(content: dict[str, Any]) -> None:
    line = {"output_type": "stream", "name": "stdout", "text": "epoch 1 of 1000, loss 0.25\n"}
    content["cells"][-1]["outputs"] = [line] * 20_000


def _executed(content: dict[str, Any]) -> None:
    for count, cell in enumerate(content["cells"], start=1):
        if cell["cell_type"] == "code":
            cell["execution_count"] = count
            cell["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "5 of 5 visible checks pass\n"}]


def _nested(content: dict[str, Any]) -> None:
    deep: Any = 1
    for _ in range(400):
        deep = [deep]
    content["metadata"]["deep"] = deep


def _twice_the_keys(data: bytes) -> bytes:
    return b'{"cells": [], "metadata": {"kernelspec": null}, ' + data.lstrip()[1:]


def _lone_surrogates(begin: Material) -> bytes:
    nb = begin.solved()
    answer(nb, "circuit").source += '\n\nsmile = "\ud83d"'
    return as_file(nb)


def _sparse(path: Path, data: bytes) -> None:
    path.write_bytes(data)
    os.truncate(path, _GIGABYTE)


def _link(path: Path, data: bytes) -> None:
    target = path.with_name("elsewhere.txt")
    target.write_bytes(data)
    path.symlink_to(target)


def _folder(path: Path, data: bytes) -> None:
    path.mkdir()
    (path / "gates.ipynb").write_bytes(data)


RECIPES = (
    refused("no_json", "is a letter", _constant(b"Dear grader,\nhere is my solution."), "is not valid JSON"),
    refused("truncated", "was cut off on the way", _spoiled(lambda data: data[: len(data) // 2]), "probably cut off"),
    refused("empty", "has no bytes", _constant(b""), "the file is empty"),
    Broken(
        student="utf_16",
        about="was saved as UTF-16 with a byte order mark by an editor",
        make=_spoiled(lambda data: data.decode().encode("utf-16")),
    ),
    Broken(
        student="utf_8_with_mark",
        about="was saved as UTF-8 with a byte order mark by an editor",
        make=_spoiled(lambda data: b"\xef\xbb\xbf" + data),
    ),
    refused("latin_1", "was saved as Latin-1 by an editor", _spoiled(_with_umlaut), "save it as UTF-8"),
    Broken(student="version_3", about="was saved by an IPython of 2013", make=_version_3),
    *(
        Broken(
            student=f"version_4_{minor}",
            about=f"has format 4.{minor}, in which cells have no ids",
            make=_minor(minor),
        )
        for minor in range(5)
    ),
    refused(
        "version_5",
        "has a format that is not there yet",
        _edited(lambda content: content.update(nbformat=5, nbformat_minor=0)),
        "format 5, which cannot be converted, because it is newer than format 4",
    ),
    refused("no_cells", "has lost all cells", _edited(lambda content: content.update(cells=[])), "has no cells"),
    refused(
        "cells_no_list",
        "has its cells in an object",
        _edited(lambda content: content.update(cells={str(n): cell for n, cell in enumerate(content["cells"])})),
        "has no cells",
    ),
    refused(
        "a_gigabyte",
        "has 1 GB",
        _constant(b'{"nbformat": 4,'),
        "1024.0 MB and at most 20 MB can be graded",
        place=_sparse,
    ),
    refused(
        "large_image",
        "holds an image of 50 MB",
        _edited(_large_image),
        "at most 20 MB can be graded; clear large outputs",
    ),
    Broken(student="many_outputs", about="has 20000 outputs in a cell", make=_edited(_thousands_of_outputs)),
    Broken(student="executed", about="was run from top to bottom before it was handed in", make=_edited(_executed)),
    refused("script", "is a Python script with another ending", _constant(_SCRIPT.encode()), "this is a Python file"),
    refused("web_page", "is the login page of the course's web site", _constant(_LOGIN.encode()), "this is a web page"),
    refused("zipped", "is a zip file with the notebook in it", _spoiled(_zipped), "this is a zip file"),
    refused("gzipped", "is a compressed file", _spoiled(gzip.compress), "this is a compressed file"),
    refused("json_list", "is JSON, and a list", _constant(b"[1, 2, 3]"), "is JSON, but not a notebook"),
    Broken(
        student="json_nan",
        about="has NaN in its metadata, which is no JSON",
        make=_edited(lambda content: content["metadata"].update(loss=float("nan"))),
    ),
    Broken(student="json_keys_twice", about="has two lists of cells", make=_spoiled(_twice_the_keys)),
    Broken(student="lone_surrogates", about="has half a smiley in a text", make=_lone_surrogates),
    Broken(student="nested", about="has metadata 400 lists deep", make=_edited(_nested)),
    refused("nested_too_deeply", "is 100000 lists deep", _constant(b"[" * 100_000), "is nested too deeply"),
    refused("link", "is a symbolic link", _solved, "is not an ordinary file", place=_link),
    refused("folder", "is a folder called gates.ipynb", _solved, "is not an ordinary file", place=_folder),
)
