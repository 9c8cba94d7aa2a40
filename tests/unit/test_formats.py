"""nbformat is imported without what it does not need, and others find everything as it should be."""

from __future__ import annotations

import subprocess
import sys

import pytest

pytest.importorskip("rfc3987_syntax", reason="JupyterLab brings it")

SHOW = "import sys; print('rfc3987_syntax' in sys.modules, 'lark' in sys.modules)"


@pytest.mark.parametrize(
    ("program", "shown"),
    [
        (f"import autograder.formats; {SHOW}", "False False"),
        (f"import autograder.formats, rfc3987_syntax; {SHOW}", "True True"),
        (f"import jsonschema, autograder.formats; {SHOW}", "True True"),
        (f"import rfc3987_syntax, autograder.formats; {SHOW}", "True True"),
    ],
)
def test_nobody_else_notices(program: str, shown: str) -> None:
    """The grammar is built where somebody asks for it, and only there."""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == shown
