"""Formgrader and the API behind it: grading inside a process that goes on running."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest

from tests.system.conftest import CourseFolder, MakeCourse

# What the formgrader does when somebody clicks: one API object for all of a server's life.
CLICKS = """
import json, os, sys, warnings
warnings.simplefilter("ignore")
from nbgrader.apps import NbGraderAPI
from nbgrader.apps.baseapp import NbGrader

app = NbGrader()
app.load_config_file()
api = NbGraderAPI(config=app.config)
results = {}
for student in ("anna", "bert", "anna"):
    results[student] = api.autograde("mini", student)
    results[student]["children"] = open(f"/proc/self/task/{os.getpid()}/children").read().split()
results["submissions"] = api.get_submissions("mini")
results["feedback"] = api.generate_feedback("mini", "anna")
results["directory"] = os.getcwd()
json.dump(results, sys.stdout, default=str)
"""


@pytest.fixture(scope="module")
def course(make_course: MakeCourse) -> CourseFolder:
    """Two submissions, one of them unreadable."""
    course = make_course()
    course.submit("anna", course.answered())
    course.submit("bert", b"{")
    return course


@pytest.fixture(scope="module")
def clicked(course: CourseFolder) -> dict[str, Any]:
    """What the API answered."""
    run = subprocess.run(
        [sys.executable, "-c", CLICKS], cwd=course.root, capture_output=True, text=True, timeout=300, check=True
    )
    return dict(json.loads(run.stdout))


def test_the_api_grades(course: CourseFolder, clicked: dict[str, Any]) -> None:
    """A click on the lightning grades one submission, as often as wanted."""
    assert clicked["anna"]["success"]
    assert course.scores("anna") == {"double": 5.0, "square": 3.0}


def test_the_api_says_why_a_submission_is_not_gradable(clicked: dict[str, Any]) -> None:
    """The formgrader shows this log in its error message."""
    assert not clicked["bert"]["success"]
    assert "Not gradable: mini of bert: the file is not valid JSON" in clicked["bert"]["log"]


def test_the_api_lists_the_submissions(clicked: dict[str, Any]) -> None:
    """Both are there with their scores, and the unreadable one asks for a person."""
    listed = {each["student"]: each for each in clicked["submissions"]}
    assert {name: each["score"] for name, each in listed.items()} == {"anna": 8.0, "bert": 0.0}
    assert {name: each["needs_manual_grade"] for name, each in listed.items()} == {"anna": False, "bert": True}
    assert clicked["feedback"]["success"]


def test_the_api_leaves_no_process_behind(course: CourseFolder, clicked: dict[str, Any]) -> None:
    """A server that runs for weeks does not collect graders, and stays in its folder."""
    assert [clicked[student]["children"] for student in ("anna", "bert")] == [[], []]
    assert clicked["directory"] == str(course.root)


@pytest.fixture(scope="module")
def server(course: CourseFolder, clicked: dict[str, Any]) -> Iterator[str]:
    """The address of a Jupyter server with the formgrader."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    extension = "ServerApp.jpserver_extensions={'nbgrader.server_extensions.formgrader': True}"
    options = [f"--{extension}", f"--ServerApp.port={port}", "--IdentityProvider.token=", "--ServerApp.allow_root=True"]
    command = [sys.executable, "-m", "jupyter_server", "--no-browser", *options]
    with subprocess.Popen(command, cwd=course.root, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        address = f"http://127.0.0.1:{port}/formgrader"
        try:
            for _ in range(600):
                try:
                    fetch(f"{address}/api/status")
                    break
                except urllib.error.URLError:
                    time.sleep(0.1)
            yield address
        finally:
            process.terminate()


def fetch(address: str) -> str:
    with urllib.request.urlopen(address, timeout=60) as answer:
        return str(answer.read().decode())


def test_the_formgrader_shows_a_graded_submission(server: str) -> None:
    """Its list has both students, and its page for grading by hand has our report."""
    submissions = json.loads(fetch(f"{server}/api/submissions/mini"))
    assert sorted(each["student"] for each in submissions) == ["anna", "bert"]
    notebooks = json.loads(fetch(f"{server}/api/submitted_notebooks/mini/mini"))
    pages = {each["score"]: fetch(f"{server}/submissions/{each['id']}/?index=0") for each in notebooks}
    assert "checks passed" in pages[8.0]
    assert "This notebook could not be graded" in pages[0.0]
