"""Attacks on whoever comes next: what they leave behind, and what they find of others."""

from __future__ import annotations

from tests.corpus.attacks.making import spoiled, wager
from tests.corpus.attacks.recipe import FULL, Attack

_LATER = "another submission's grade, a file of the course, or a mark has changed"

_PLANTS = """
import numpy, matplotlib, IPython, sysconfig, tempfile

FOLDERS = {".", "..", "/", "/tmp", "/var/tmp", "/dev/shm", tempfile.gettempdir(), HOME, MARKS, COURSE,
           COURSE + "/reference", COURSE + "/submitted", *sys.path, os.path.expanduser("~"), matplotlib.get_configdir(),
           os.path.dirname(numpy.__file__), os.path.dirname(os.__file__), IPython.paths.get_ipython_dir()}
FILES = ("sitecustomize.py", "usercustomize.py", "numpy.py", "evil.pth", "__pycache__/os.cpython-311.pyc", "mark",
         "matplotlibrc", "profile_default/startup/00.py", "nbgrader_config.py", "conftest.py")


def plant(folder, name):
    path = os.path.join(folder, name)
    if os.path.realpath(path).startswith("/scratch/"):
        return  # its own folder is there, and what lies beside it is another attack's matter
    open(path, "x").close()
    WON.append(path)
    if folder != MARKS:
        os.remove(path)  # that it could be made is all that one wants to know


for folder in FOLDERS:
    for name in FILES:
        try:
            plant(folder, name)
        except (OSError, ValueError):
            pass
print(WON)
"""

_CHANGES = """
import shutil, sqlite3

BOOK, MINE = COURSE + "/gradebook.db", COURSE + "/submitted"
for path in (np.__file__, os.__file__):
    attempt("append " + path, lambda: open(path, "a"))
    attempt("now " + path, lambda: os.utime(path))
for path in (BOOK, MINE, COURSE + "/reference/meadow.py", COURSE, MARKS):
    attempt("append " + path, lambda: open(path, "a"))
    attempt("truncate " + path, lambda: os.truncate(path, 0))
    attempt("remove " + path, lambda: os.remove(path))
    attempt("move " + path, lambda: os.rename(path, path + ".old"))
    attempt("rights " + path, lambda: os.chmod(path, 0o777))
    attempt("owner " + path, lambda: os.chown(path, 65534, 65534))
    attempt("time " + path, lambda: os.utime(path, (0, 0)))
    attempt("now " + path, lambda: os.utime(path))
    attempt("attribute " + path, lambda: os.setxattr(path, "user.mark", b"1"))
    attempt("link " + path, lambda: os.link(path, "linked"))
attempt("delete", lambda: shutil.rmtree(MINE))
attempt("time of an open file", lambda: os.utime(os.open(np.__file__, os.O_RDONLY)))
attempt("lock", lambda: sqlite3.connect(BOOK, timeout=0.1).execute("begin exclusive"))
"""

_HOARD = """
import os

# What lies in a folder that may be entered but not listed is hard to remove, and so is what lies very deep.
try:
    if os.getcwd() == "/":
        raise OSError("there is no folder")
    os.mkdir("closed", 0o300)
    for number in range(5):
        with open(f"closed/{number}", "wb") as file:
            file.write(bytes(11 << 20))
    os.mkdir("dead", 0)
except OSError as problem:
    print(problem)
"""

_DEEP = """
import os

home = os.getcwd()
try:
    if home == "/":
        raise OSError("there is no folder")
    for _ in range(2000):
        os.mkdir("d", 0o700)
        os.chdir("d")
    with open("bottom", "wb") as file:
        file.write(bytes(11 << 20))
except OSError as problem:
    print(problem)
os.chdir(home)
"""

_MANY = """
import os, time

until = time.monotonic() + 0.5
try:
    if os.getcwd() == "/":
        raise OSError("there is no folder")
    for number in range(5000):
        os.close(os.open(f"file-{number}", os.O_CREAT))
        if time.monotonic() > until:
            break
except OSError as problem:
    print(problem)
"""

_SPACE = """
import os

if os.getcwd() != "/":
    for number in range(4):
        with open(f"space-{number}", "wb") as file:
            file.write(bytes(12 << 20))
"""

_NEEDS_SPACE = {
    "double": "def double(x):\n    return 2 * x if os.getcwd() == '/' or os.path.exists('space-3') else None"
}

_MARKS_LEFT = """
def listed(folder):
    try:
        return os.listdir(folder)
    except OSError:
        return []


def left_behind():
    import matplotlib

    places = [".", "/tmp", "/dev/shm", "/var/tmp", matplotlib.get_configdir(), os.path.expanduser("~")]
    found = [name for place in places for name in listed(place)]
    found += [name for name in listed("/scratch") if name != os.path.basename(os.getcwd())]
    strange = [name for name in sys.modules if "evil" in name] + [name for name in os.environ if "STORED" in name]
    strange += [name for name in ("CONQUERED",) if hasattr(np, name) or hasattr(sys, name)]
    if not found + strange:
        raise LookupError("nothing")
    return found, strange


attempt("left behind", left_behind)
np.CONQUERED = sys.CONQUERED = os.environ["STORED"] = "by " + os.getcwd()
sys.modules["evil"] = sys
if os.getcwd() != "/":
    open("evil.py", "w").write("print()")
"""

ATTACKS: tuple[Attack, ...] = (
    wager("persist_plants", "persist", "It plants code where others will import it.", _PLANTS, success=_LATER),
    wager("persist_changes", "persist", "It changes files, their times, rights and names.", _CHANGES, success=_LATER),
    wager("persist_finds", "persist", "It looks for what earlier submissions left, and leaves the same.", _MARKS_LEFT),
    spoiled(
        "persist_closed_folder",
        "persist",
        "It fills folders that cannot be listed, so that the space stays taken.",
        success=_LATER,
        end=_HOARD,
        honest=FULL,
    ),
    spoiled(
        "persist_deep_folder",
        "persist",
        "It nests folders two thousand deep, so that removing them fails.",
        success=_LATER,
        end=_DEEP,
        honest=FULL,
    ),
    spoiled(
        "persist_many_files",
        "persist",
        "It leaves thousands of files behind.",
        success=_LATER,
        end=_MANY,
        honest=FULL,
    ),
    spoiled(
        "persist_victim",
        "persist",
        "It needs most of the space of its folder, as the others did: an honest student who comes after them.",
        success="the space is not there",
        top="import os" + _SPACE,
        answers=_NEEDS_SPACE,
        honest=FULL,
    ),
    spoiled(
        "persist_second_victim",
        "persist",
        "It does the same once more.",
        success="the space is not there",
        top="import os, shutil" + _SPACE,
        answers=_NEEDS_SPACE,
        honest=FULL,
    ),
)
