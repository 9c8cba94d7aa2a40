"""What `autograder doctor` looks at besides the sandbox: the course, its secrets, this machine and its packages."""

from __future__ import annotations

import importlib.metadata
import os
import resource
import shutil
import stat
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from autograder import datasets, misconceptions, mnist_files, secret
from autograder.course import Course
from autograder.errors import AutograderError, CourseError, DataMissingError

State = Literal["ok", "look", "missing"]

PACKAGES = ("nbgrader", "ipython", "matplotlib", "pyseccomp", "greenlet")
PRIVATE = ("reference", "tests", "submitted", "autograded", "feedback", "grades", "gradebook.db")
"""What of a course folder no student may read."""

_GIT_SECONDS = 10
_LITTLE_ROOM_MB = 500
_NO_ROOM_MB = 10
_ZYGOTE_MB = 300
_MEGABYTE = 1 << 20
_INSTALL = "pip install 'nn-autograder[instructor]'"


@dataclass(frozen=True)
class Row:
    """One line of the diagnosis: ok, something to look at that does not stop grading, or missing."""

    name: str
    state: State
    detail: str
    remedy: str = ""

    @property
    def active(self) -> bool:
        """Whether all is well."""
        return self.state == "ok"


def course_rows() -> list[Row]:
    """Say how the course of this folder is, and whether others can read what is theirs to guess."""
    try:
        course = Course.find()
    except AutograderError as error:
        return [Row("course", "missing", str(error), "mend the file that is named")]
    return [_course(course), _secret(course.root), _private(course.root), _limits(course), _room(course.root)]


def _course(course: Course) -> Row:
    try:
        course.validate()
        for assignment in course.assignments:
            misconceptions.load(course.root, assignment.name)
    except AutograderError as error:
        return Row("course", "missing", str(error), "mend the file that is named")
    names = ", ".join(assignment.name for assignment in course.assignments)
    return Row("course", "ok", f"{course.title}: {names}")


def _secret(root: Path) -> Row:
    name = "course secret"
    path = root / secret.FILE
    try:
        if secret.VARIABLE in os.environ:
            secret.course_secret(root)
            return Row(name, "ok", f"from the environment variable {secret.VARIABLE}")
        if _git(root, "ls-files", "--error-unmatch", secret.FILE) == 0:
            remedy = f"git rm --cached {secret.FILE}, delete it, so that a new one is made, and add it to .gitignore"
            return Row(name, "look", f"{secret.FILE} is in git: whoever has the repository can work out inputs", remedy)
        if _git(root, "check-ignore", "--quiet", secret.FILE) == 1:
            return Row(name, "look", f"git does not ignore {secret.FILE}", f"add {secret.FILE} to .gitignore")
        if not path.exists():
            return Row(name, "ok", f"{secret.FILE} is made on first use")
        if stat.S_IMODE(path.stat().st_mode) & 0o077:
            return Row(name, "look", f"other users can read {secret.FILE}", f"chmod 600 {secret.FILE}")
        secret.course_secret(root)
    except CourseError as error:
        return Row(name, "missing", str(error), "give a longer one, or delete the file: a new one is made")
    except OSError as error:
        return Row(name, "missing", str(error), f"make {secret.FILE} readable to whoever grades")
    return Row(name, "ok", f"{secret.FILE}, readable to its owner only")


def _git(root: Path, *arguments: str) -> int | None:
    """Return git's exit status, None where there is no git or no repository."""
    program = shutil.which("git")
    if program is None:
        return None
    command = [program, "-C", str(root), *arguments]
    try:
        done = subprocess.run(command, capture_output=True, timeout=_GIT_SECONDS, check=False)  # noqa: S603
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.returncode if done.returncode in (0, 1) else None


def _private(root: Path) -> Row:
    """Say what of the course other users of this machine can get at; the sandbox is no help against them."""
    name = "private files"
    closed = any(not folder.stat().st_mode & stat.S_IXOTH for folder in (root, *root.parents))
    is_open = stat.S_IROTH | stat.S_IXOTH
    found = [part for part in PRIVATE if (root / part).exists() and (root / part).stat().st_mode & is_open]
    if closed or not found:
        return Row(name, "ok", "other users of this machine cannot read them")
    parts = " ".join(found)
    return Row(name, "look", f"other users of this machine can read {', '.join(found)}", f"chmod -R o-rwx {parts}")


def _limits(course: Course) -> Row:
    """Say whether limits of the shell, which workers inherit, are below those of the course."""
    wanted = max((assignment.limits.memory_mb for assignment in course.assignments), default=0) + _ZYGOTE_MB
    seconds = max((assignment.limits.submission_seconds for assignment in course.assignments), default=0)
    needed = {
        "memory (ulimit -v)": (resource.RLIMIT_AS, wanted * _MEGABYTE, f"{wanted} MB"),
        "processor time (ulimit -t)": (resource.RLIMIT_CPU, seconds, f"{seconds:g} s"),
        "open files (ulimit -n)": (resource.RLIMIT_NOFILE, 256, "256"),
        "size of files (ulimit -f)": (resource.RLIMIT_FSIZE, 64 * _MEGABYTE, "64 MB"),
    }
    low = [
        f"{what} below {shown}"
        for what, (which, least, shown) in needed.items()
        if resource.getrlimit(which)[1] != resource.RLIM_INFINITY and resource.getrlimit(which)[1] < least
    ]
    if not low:
        return Row("limits of the shell", "ok", "higher than those of the course")
    return Row("limits of the shell", "look", ", ".join(low), "raise them with ulimit, or those of the service")


def _room(root: Path) -> Row:
    free = shutil.disk_usage(root).free // _MEGABYTE
    said = f"{free:,} MB free in the course folder"
    if not os.access(root, os.W_OK):
        return Row("disk", "missing", "the course folder cannot be written to", "grade as its owner")
    if free < _LITTLE_ROOM_MB:
        return Row("disk", "missing" if free < _NO_ROOM_MB else "look", said, "make room: a full disk stops grading")
    return Row("disk", "ok", said)


def temporary() -> Row:
    """Say whether temporary files can be made, without which nothing starts."""
    try:
        with tempfile.TemporaryFile():
            return Row("temporary files", "ok", f"in {tempfile.gettempdir()}")
    except OSError:
        remedy = "make /tmp writable (chmod 1777 /tmp), or set TMPDIR to a folder that is"
        return Row("temporary files", "missing", "no folder for temporary files can be written to", remedy)


def digits() -> Row:
    """Say where MNIST is; nothing is fetched for that."""
    try:
        place = mnist_files.folder() or mnist_files.cached()
        if place is not None:
            training, test = (datasets.count(place, part) for part in (mnist_files.TRAINING, mnist_files.TEST))
            return Row("MNIST", "ok", f"{training:,} training and {test:,} test digits in {place}")
    except DataMissingError as error:
        return Row("MNIST", "look", str(error), f"accuracy cannot be graded; {mnist_files.REMEDY}")
    detail = "not here yet: fetched on first use; without a network scikit-learn's digits, and no grade for accuracy"
    return Row("MNIST", "look", detail, mnist_files.REMEDY)


def package(name: str) -> Row:
    """Say which version of a package is installed."""
    try:
        return Row(name, "ok", importlib.metadata.version(name))
    except importlib.metadata.PackageNotFoundError:
        return Row(name, "missing", "not installed", _INSTALL)
