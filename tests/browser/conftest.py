"""A released notebook of the course, a JupyterLab to open it in, and a browser to do so."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ViewportSize, expect, sync_playwright

from tests.browser.lab import JupyterLab, jupyter_lab, own_home
from tests.browser.notebook_page import PATIENCE, NotebookPage
from tests.system.conftest import ROOT, CourseFolder, copy_course

SHOTS = ROOT / "build" / "browser"
"""Where pictures of what was seen are kept."""

WINDOW: ViewportSize = {"width": 1280, "height": 900}
SIGMOID = """\
def sigmoid_forward(x):
    e = np.exp(-np.abs(x))
    s = np.where(np.asarray(x) < 0, e, 1.0) / (1.0 + e)
    return s, s
"""
OpenNotebook = Callable[[str], NotebookPage]

_NAMES = ("chromium", "chromium-browser", "google-chrome")
_FLAGS = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
)


@pytest.fixture(scope="package")
def chromium() -> str:
    """The path of a Chromium on this machine; scripts/setup installs one where it may."""
    found = next(filter(None, map(shutil.which, _NAMES)), None)
    missing = "there is no Chromium here; on Debian: apt install chromium"
    if found is None and os.environ.get("CI"):
        pytest.fail(missing)  # where all has to pass, a test that nobody can run must not look as if it had
    if found is None:
        pytest.skip(missing)
    return found


@pytest.fixture(scope="package")
def course(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> CourseFolder:
    """The course after `nbgrader generate_assignment gates`."""
    course = copy_course(tmp_path_factory.mktemp("course"), "gates")
    course.nbgrader("generate_assignment", "gates")
    return course


@pytest.fixture(scope="package")
def lab(course: CourseFolder, tmp_path_factory: pytest.TempPathFactory) -> Iterator[JupyterLab]:
    """A JupyterLab that runs."""
    with jupyter_lab(tmp_path_factory.mktemp("lab")) as lab:
        yield lab


@pytest.fixture(scope="package")
def browser(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """A browser without a window, with a home folder of its own."""
    expect.set_options(timeout=PATIENCE)
    home = tmp_path_factory.mktemp("home")
    with sync_playwright() as playwright:
        # Inside a container Chromium may not make its own sandbox; it opens nothing but our own server.
        browser = playwright.chromium.launch(
            executable_path=chromium, args=_FLAGS, chromium_sandbox=False, env={**own_home(home)}, timeout=PATIENCE
        )
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def open_gates(course: CourseFolder, lab: JupyterLab, browser: Browser) -> Iterator[OpenNotebook]:
    """Return a function that opens a student's own copy of the released notebook, and runs its imports."""
    contexts = []

    def open_as(student: str) -> NotebookPage:
        shutil.copytree(course.root / "release" / "gates", lab.files / student / "gates")
        contexts.append(browser.new_context(viewport=WINDOW, device_scale_factor=2))
        page = contexts[-1].new_page()
        try:
            notebook = NotebookPage(page, lab, f"{student}/gates/gates.ipynb")
            notebook.run("imports")
        except Exception:
            page.screenshot(path=SHOTS / f"unopened-{student}.png")
            raise
        return notebook

    yield open_as
    for context in contexts:
        context.close()


@pytest.fixture(scope="package")
def shared(open_gates: OpenNotebook) -> NotebookPage:
    """A notebook in which tests answer what they check, and leave the rest alone."""
    notebook = open_gates("shared")
    notebook.answer("sigmoid_forward", SIGMOID)
    return notebook


@pytest.fixture
def notebook(shared: NotebookPage) -> NotebookPage:
    """The shared notebook in a window of the usual size, in the light theme."""
    shared.page.set_viewport_size(WINDOW)
    shared.show_in("Light")
    return shared


@pytest.fixture
def shots() -> Path:
    """The folder for pictures, which is made."""
    SHOTS.mkdir(parents=True, exist_ok=True)
    return SHOTS
