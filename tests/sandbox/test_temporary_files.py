"""Python's temporary files, which lie in the submission's own folder."""

from __future__ import annotations

import pytest

from autograder.sandbox import Cell, Sandbox

DRAWS = "import matplotlib.pyplot as plt\nplt.rcParams\n"
WRITES = """
import os, tempfile
with tempfile.{kind}() as file:
    getattr(file, "write", len)(b"x" * 9)
    print(tempfile.gettempdir() == os.getcwd(), len(os.listdir(".")))
print(os.listdir("."))
"""


@pytest.mark.parametrize("first", ["", DRAWS], ids=["draws nothing", "draws"])
@pytest.mark.parametrize(("kind", "seen"), [("TemporaryFile", 0), ("NamedTemporaryFile", 1), ("TemporaryDirectory", 1)])
def test_temporary_files(sandbox: Sandbox, first: str, kind: str, seen: int) -> None:
    """They can be written, lie in the folder of the submission and are gone afterwards."""
    with sandbox.load([Cell("cell 1", first + WRITES.format(kind=kind))], seed=1) as submission:
        (done,) = submission.runs
    assert done.failure is None, done.failure
    assert "".join(output["text"] for output in done.outputs) == f"True {seen}\n[]\n"
