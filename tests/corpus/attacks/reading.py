"""Attacks on what is not theirs to read: files, the environment, other processes, memory."""

from __future__ import annotations

from tests.corpus.attacks.making import ATTEMPT, spoiled, wager
from tests.corpus.attacks.recipe import FULL, Attack

_FILES = """
NAMES = ("reference/meadow.py", "reference/misconceptions/meadow.py", "tests/hidden/test_meadow.py", "gradebook.db",
         "reference/__init__.py", "assignments/meadow/checks.py", ".course-secret", "course.yml", "nbgrader_config.py")


def show(path):
    with open(path, "rb") as file:
        return file.read()


for name in NAMES:
    attempt(name, lambda: show(COURSE + "/" + name))
    attempt("by descriptor " + name, lambda: os.read(os.open(COURSE + "/" + name, os.O_RDONLY), 5000))
    attempt("by C " + name, lambda: checked(libc.open((COURSE + "/" + name).encode(), 0)))
for folder in (COURSE, COURSE + "/submitted", COURSE + "/tests/hidden", HOME, "/tmp", "/dev/shm", "/root", "/home"):
    attempt("list " + folder, lambda: os.listdir(folder))
for path in (HOME + "/.bash_history", HOME + "/.ssh/id_rsa", "/etc/shadow", "/etc/passwd", "/etc/hostname"):
    attempt(path, lambda: show(path))
"""

_WALK = """
def walk(start):
    found, until = [], time.monotonic() + 0.15
    for folder, folders, files in os.walk(start):
        for name in files:
            path = os.path.join(folder, name)
            if path.startswith((COURSE, HOME, "/root", "/home", "/tmp")) and not path.startswith(os.getcwd()):
                found.append(path)
            if name.startswith(("test_meadow", "meadow", "gradebook", ".course")):
                found.append(open(path, "rb").read())
        if time.monotonic() > until:
            break
    if not found:
        raise LookupError("nothing of the course")
    return found


for start in ("/", ".", "..", COURSE, HOME, os.path.expanduser("~"), *sys.path[-2:], "/srv", "/opt", "/mnt"):
    attempt(start, lambda: walk(start))
"""

_IMPORTS = """
import importlib, importlib.machinery, importlib.util, pkgutil, runpy


def load(name, path):
    loader = importlib.machinery.SourceFileLoader(name, path)
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader(name, loader))
    loader.exec_module(module)
    return vars(module)


sys.path[:0] = [COURSE, COURSE + "/tests/hidden", COURSE + "/reference"]
for name in ("reference", "reference.meadow", "tests.hidden.test_meadow", "test_meadow", "meadow", "checks"):
    attempt(name, lambda: importlib.import_module(name).__file__)
attempt("load", lambda: load("stolen", COURSE + "/reference/meadow.py"))
attempt("run", lambda: runpy.run_path(COURSE + "/reference/meadow.py"))
attempt("data", lambda: pkgutil.get_data("autograder", "grade.py"))
sys.meta_path[:] = [finder for finder in sys.meta_path if not type(finder).__module__.startswith("autograder")]
sys.modules.pop("autograder", None)
sys.path_importer_cache.clear()
for name in ("sklearn", "scipy", "nbgrader", "pytest", "autograder.grade", "autograder.judge", "autograder.secret"):
    attempt("without the finders " + name, lambda: importlib.import_module(name).__file__)
"""

_PACKAGES = """
import glob, importlib.metadata, inspect, linecache, site, sysconfig


def places():
    found = set()
    for folder in {*sys.path, *site.getsitepackages(), sysconfig.get_path("purelib")}:
        for pattern in ("*.pth", "*.egg-link", "__editable__*", "nn_autograder*/*", "*autograder*/direct_url.json"):
            for path in glob.glob(os.path.join(folder, pattern)):
                try:
                    found.add(open(path).read())
                except OSError:
                    pass
    return found


def follow():
    for text in places():
        for line in text.replace('"', "\\n").splitlines():
            root = line.removeprefix("file://").strip()
            for name in ("reference/__init__.py", "tests/__init__.py", "autograder/grade.py", "pyproject.toml"):
                if root.startswith("/") and os.access(os.path.join(root, name), os.R_OK):
                    return open(os.path.join(root, name)).read()
    raise LookupError("nothing to follow")


attempt("metadata", lambda: [file.read_text() for file in importlib.metadata.files("nbgrader")][0])
attempt("editable install", follow)
for frame in inspect.stack():
    package = frame.filename.partition("/autograder/")[0]
    if package != frame.filename:
        for name in ("reference/__init__.py", "tests/__init__.py", "autograder/grade.py", "autograder/secret.py"):
            attempt(name, lambda: open(os.path.join(package, name)).read())
        attempt("linecache", lambda: linecache.getlines(os.path.join(package, "autograder", "judge.py"))[0])
"""

_DOORS = """
OPEN_TREE, MOVE_MOUNT, FSOPEN, NAME_TO_HANDLE, OPEN_BY_HANDLE, OPENAT2, IO_URING = 428, 429, 430, 303, 304, 437, 425
path = (COURSE + "/reference/meadow.py").encode()
attempt("openat2", lambda: checked(libc.syscall(OPENAT2, -100, path, bytes(24), 24)))
attempt("open_tree", lambda: checked(libc.syscall(OPEN_TREE, -100, path, 1)))
attempt("fsopen", lambda: checked(libc.syscall(FSOPEN, b"tmpfs", 0)))
room = ctypes.create_string_buffer(200)
attempt("handle", lambda: checked(libc.syscall(NAME_TO_HANDLE, -100, path, room, bytes(8), 0)))
attempt("by handle", lambda: checked(libc.syscall(OPEN_BY_HANDLE, 3, bytes(32), 0)))
attempt("io_uring", lambda: checked(libc.syscall(IO_URING, 4, ctypes.create_string_buffer(200))))
attempt("symlink", lambda: os.symlink(COURSE, MARKS + "/course"))
attempt("link", lambda: os.link(COURSE + "/gradebook.db", MARKS + "/book"))
attempt("rename", lambda: os.rename(COURSE + "/gradebook.db", MARKS + "/moved"))
attempt("up", lambda: (os.chdir(COURSE), os.listdir(".")))
attempt("path only", lambda: os.read(os.open(COURSE + "/gradebook.db", os.O_PATH), 10))
attempt("dots", lambda: os.listdir(os.path.join(sys.path[-1], *[".."] * 20, COURSE.lstrip("/"))))
attempt("root", lambda: os.listdir(os.path.join(os.getcwd(), *[".."] * 20, "home")))
"""


def _read(student: str, tries: str, deeds: str) -> Attack:
    return wager(student, "read", tries, deeds, success="points, or a canary in anything that it printed")


ATTACKS: tuple[Attack, ...] = (
    _read("read_files", "It opens the files of the course and of the home folder by their names.", _FILES),
    _read("read_walk", "It walks through all folders and prints whatever belongs to a course.", _WALK),
    _read("read_imports", "It imports the solutions, or a library that has them, around the finders.", _IMPORTS),
    _read("read_packages", "It follows what the installed packages tell of where the course lies.", _PACKAGES),
    _read("read_doors", "It comes to the files by links, handles, mounts and new system calls.", _DOORS),
    spoiled(
        "read_beside",
        "read",
        "It solves all questions, and then looks around for more.",
        success="a canary in anything that it printed, or points that are deserved are missing",
        end=ATTEMPT + _FILES,
        honest=FULL,
    ),
)
