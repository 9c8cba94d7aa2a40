"""Which line of a cell is quoted, and with which number."""

from __future__ import annotations

import pytest

from autograder.errors import CallFailed
from autograder.learner.places import Places
from autograder.learner.shell import _plain_shell

SOURCE = "\n\nx = 1\n!ls\n\n"
CODE = "\n\nx = 1\nget_ipython().system('ls')\n"
BODY = "y = 2\n%ls"


def places() -> Places:
    """Give places that know a whole cell `<a>`, and the body of a magic `<b>` of the cell that runs."""
    known = Places()
    known.begin(SOURCE)
    known.compiled("<a>", SOURCE, CODE)
    known.begin(f"%%magic\n{BODY}")
    known.compiled("<c>", f"%%magic\n{BODY}", "get_ipython().run_cell_magic()\n")
    known.compiled("<b>", BODY, "y = 2\nget_ipython().run_line_magic()\n")
    return known


@pytest.mark.parametrize(
    ("frames", "innermost", "in_cell"),
    [
        ([], (None, ""), (None, "")),
        ([("<a>", 3)], (3, "x = 1"), (None, "")),
        ([("<c>", 1), ("<a>", 4)], (4, "!ls"), (None, "")),
        ([("<c>", 1), ("<timed exec>", 2)], (None, ""), (None, "")),
    ],
)
def test_a_number_is_that_of_the_saved_cell(
    frames: list[tuple[str, int]], innermost: tuple[int | None, str], in_cell: tuple[int | None, str]
) -> None:
    """Code of a magic has none, and a line of another cell is none of this one."""
    assert places().innermost(frames) == innermost
    assert places().in_cell(frames) == in_cell


@pytest.mark.parametrize(("cell", "line"), [("<a>", 3), ("<b>", None), (None, None)])
def test_a_failed_call_loses_a_number_that_nobody_sees(cell: str | None, line: int | None) -> None:
    """The number of a line that a magic has moved would lead to another line."""
    error = CallFailed("f", "raised", "raised ValueError", cell=cell, line=3)
    assert places().corrected(error) is error
    assert error.line == line


@pytest.mark.parametrize(
    ("source", "read", "place"),
    [
        ("\n\nx = (1", False, (3, "x = (1")),
        ("x = 1\n\neval('1 +')\n", True, (3, "eval('1 +')")),
        ("%matplotlib inline\n1 / 0", True, (2, "1 / 0")),
    ],
)
def test_without_ipython_a_line_has_the_same_place(source: str, read: bool, place: tuple[int, str]) -> None:
    """There are no magics then, and lines keep their numbers as well."""
    known = Places()
    run, _ = _plain_shell(known)
    raised = run(source)
    assert raised is not None
    assert raised.read is read
    traceback = raised.error.__traceback__
    last = traceback.tb_next if traceback else None
    found = known.in_cell([(last.tb_frame.f_code.co_filename, last.tb_lineno)]) if last else known.unread(raised.error)
    assert found == place
