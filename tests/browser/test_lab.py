"""A student's way through one question, and what every state looks like, in JupyterLab as it is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.conftest import SIGMOID, OpenNotebook
from tests.browser.notebook_page import NotebookPage, shot
from tests.browser.readable import overflow, seen_in, too_faint
from tests.system.conftest import CourseFolder

pytestmark = pytest.mark.browser

WRONG = """\
def sigmoid_backward(dout, cache):
    s = cache
    return dout * s
"""
RIGHT = """\
def sigmoid_backward(dout, cache):
    s = cache
    return dout * (1 - s) * s
"""
JACOBIAN = """\
def elementwise_jacobian(name, x):
    s = 1 / (1 + np.exp(-x))
    slopes = {"relu": np.where(x > 0, 1.0, 0.0), "sigmoid": s * (1 - s) ** 2, "tanh": 1 - np.tanh(x) ** 2}
    return np.diag(slopes[name])
"""
STEPS = "The first thing that does not hold", "One factor of the sigmoid's derivative is missing", "Read the section"
LONG = "no_space_to_break_at_" * 150
HOSTILE = "<img src=x onerror=hacked=1><script>hacked=2</script> $x^2$"
"""An image, a script and a formula."""
UNKNOWN = f"""\
from IPython.display import HTML
check({HOSTILE!r})
hint({HOSTILE!r})
HTML("<p>$y^2$</p>")
"""


def section(output: Locator) -> Locator:
    """Return what we have drawn into an output."""
    return output.locator("section")


def test_from_the_stub_to_full_points(course: CourseFolder, open_gates: OpenNotebook, shots: Path) -> None:
    """Not attempted, wrong with a picture and three hints, right, saved, and graded with full points."""
    notebook = open_gates("robin")
    notebook.run("sigmoid_forward-solution")
    notebook.run("sigmoid_backward-solution")
    stub = section(notebook.run("sigmoid_backward"))
    expect(stub).to_contain_text("· not attempted")
    expect(stub).to_contain_text("write your code in place of the raise")
    expect(stub).not_to_contain_text("failed")
    shot(stub, shots / "stub.png")

    notebook.answer("sigmoid_forward", SIGMOID)
    wrong = section(notebook.answer("sigmoid_backward", WRONG))
    expect(wrong).to_contain_text("✗ not right yet")
    expect(wrong).to_contain_text("0 of 4 visible checks pass")
    expect(wrong).to_contain_text("→ All entries of dx are wrong")
    look_at_picture(wrong, squares=3, words="3 of 3 entries of dx are off")
    shot(wrong, shots / "wrong.png")
    notebook.page.screenshot(path=shots / "page.png")

    hint = section(notebook.add_below("sigmoid_backward", "hint", 'hint("sigmoid_backward")'))
    for number, words in enumerate(STEPS, start=1):
        expect(hint).to_contain_text(f"hint {number} of 3: {words}")
        shot(hint, shots / f"hint-{number}.png")
        notebook.run("hint")

    right = section(notebook.answer("sigmoid_backward", RIGHT))
    expect(right).to_contain_text("✓ right so far")
    expect(right).to_contain_text("4 of 4 visible checks pass")
    expect(right.get_by_text("✓ passed")).to_have_count(4)
    expect(right.get_by_role("img")).to_have_count(0)
    shot(right, shots / "right.png")
    promised = re.search(r"(\d+) hidden ones run at grading", right.inner_text())
    assert promised

    notebook.save()
    assert notebook.elsewhere == []
    course.submit("robin", notebook.file.read_bytes())
    course.nbgrader("autograde", "gates", "--student", "robin")
    scores = {name: score for name, score in course.scores("robin").items() if score}
    assert scores == {"sigmoid_forward": 2.0, "sigmoid_backward": 3.0}
    (tests,) = (each["tests"] for each in course.record("robin")["questions"] if each["name"] == "sigmoid_backward")
    assert sum(test["hidden"] for test in tests) == int(promised[1])


def look_at_picture(report: Locator, *, squares: int, words: str) -> None:
    """Look for a drawing with so many squares, and for the same in words, in it and below."""
    picture = report.get_by_role("img")
    expect(picture).to_have_count(1)
    assert picture.evaluate("element => element.localName") == "svg"
    assert picture.locator("rect").count() == squares
    label = picture.get_attribute("aria-label") or ""
    assert label.startswith(words)
    expect(report.locator("figcaption")).to_contain_text(label)


def test_both_themes_are_readable(notebook: NotebookPage, shots: Path) -> None:
    """Text stands out 4.5 : 1 and marks 3 : 1, in every state, with hint and overview, in light and dark."""
    notebook.run("relu_forward-solution")
    outputs = {
        "right": notebook.run("sigmoid_forward"),
        "stub": notebook.run("relu_forward"),
        "wrong": notebook.answer("elementwise_jacobian", JACOBIAN),
        "hint": notebook.add_below("elementwise_jacobian", "hint", 'hint("elementwise_jacobian")'),
        "progress": notebook.add_below("hint", "progress", "progress()"),
    }
    section(outputs["progress"]).locator("summary").click()
    look_at_picture(section(outputs["wrong"]), squares=9, words="3 of 9 entries of jacobian are off")
    widths = (
        section(outputs["wrong"]).locator("[role=img] rect").evaluate_all("all => all.map(e => e.width.baseVal.value)")
    )
    assert len(set(widths)) == 3  # right, off, far off: without any colour
    shot(notebook.cell("elementwise_jacobian-solution"), shots / "check.png", to=section(outputs["wrong"]))
    least = {"right": 10, "stub": 6, "wrong": 20, "hint": 1, "progress": 40}
    for theme in ("Light", "Dark"):
        notebook.show_in(theme)
        for state, output in outputs.items():
            shot(section(output), shots / f"{state}-{theme.lower()}.png")
            seen = seen_in(section(output))
            assert len(seen) >= least[state], seen
            assert too_faint(seen) == [], (theme, state)


def test_nothing_of_a_students_is_markup(notebook: NotebookPage, shots: Path) -> None:
    """Tags and formulas in whatever a student's code says are shown letter by letter, and do nothing."""
    bodies = {
        "message": f"raise ValueError({HOSTILE!r})",
        "line": f"raise ValueError(1)  # {HOSTILE}",
        "exception": f"raise type({HOSTILE!r}, (Exception,), {{}})(1)",
        "type": f"return type({HOSTILE!r}, (), {{}})()",
    }
    for place, body in bodies.items():
        output = notebook.answer("sigmoid_backward", f"def sigmoid_backward(dout, cache):\n    {body}\n")
        expect(output).to_contain_text("0 of 4 visible checks pass")
        expect(output).to_contain_text("of type imgsrcxonerror" if place == "type" else HOSTILE)
        look_for_markup(output)
        shot(section(output), shots / f"hostile-{place}.png")
    unknown = notebook.add_below("sigmoid_backward", "unknown", UNKNOWN)
    expect(unknown).to_contain_text(f"check: there is no question '{HOSTILE}'")
    expect(section(unknown)).to_contain_text(f"hint: there is no question '{HOSTILE}'")
    expect(unknown.locator("p mjx-container")).to_have_count(1)  # the formulas of this cell have been drawn
    look_for_markup(section(unknown))
    shot(unknown, shots / "hostile-unknown.png")


def look_for_markup(output: Locator) -> None:
    """Look for elements that only a student's text could have made, and for what they would do."""
    expect(output.locator("img, script, mjx-container, .MathJax")).to_have_count(0)
    assert output.evaluate("() => typeof hacked") == "undefined"


def test_long_text_is_wrapped(notebook: NotebookPage, shots: Path) -> None:
    """A long message without a space stays inside a narrow window."""
    notebook.page.set_viewport_size({"width": 640, "height": 900})
    code = f"def sigmoid_backward(dout, cache):\n    raise ValueError({LONG!r})\n"
    output = section(notebook.answer("sigmoid_backward", code))
    expect(output).to_contain_text("no_space_to_break_at")
    shot(output, shots / "long.png")
    assert overflow(output) <= 1  # widths are rounded
