"""Commands under supervision: what they leave behind is seen and ended, what they use is measured."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.attack_table import command, supervise
from tests.attack_table.command import Ended
from tests.attack_table.run import GRADER_MB, processes
from tests.machines import Machine

ORPHAN = """\
import os, time
if not os.fork():
    os.setsid()
    if not os.fork():
        os.closerange(0, 3)
        os.execv("/bin/sleep", ["orphan", "600"])
    os._exit(0)
os.wait()
print("over")"""

GREEDY = "x = bytearray(300 << 20)\nimport time\ntime.sleep(0.5)"


def run(source: str, folder: Path, *arguments: str, **options: float) -> Ended:
    return command.run(Machine(), "-c", source, *arguments, cwd=folder, environment={"COLOUR": "blue"}, **options)


def is_running(name: bytes) -> bool:
    return any(
        name in supervise.command_line(int(each.name)) for each in Path("/proc").iterdir() if each.name.isdigit()
    )


def test_a_command_that_ends_leaves_nothing(tmp_path: Path) -> None:
    """Output, status and environment are the command's own."""
    ended = run("import os, sys; print(os.getcwd(), os.environ['COLOUR']); sys.exit(3)", tmp_path)
    assert (ended.output, ended.status) == (f"{tmp_path} blue\n", 3)
    assert (ended.survivors, ended.excess) == ([], "")


def test_an_orphan_is_found_and_ended(tmp_path: Path) -> None:
    """Whoever leaves session and parent is seen all the same, named, and gone afterwards."""
    ended = run(ORPHAN, tmp_path, grace=0.5)
    assert (ended.output, ended.status) == ("over\n", 0)
    assert ended.survivors == ["orphan 600"]
    assert not is_running(b"orphan 600")


def test_a_straggler_has_time_to_end(tmp_path: Path) -> None:
    """What ends by itself soon after the command is no survivor."""
    source = "import subprocess; subprocess.Popen(['/bin/sleep', '0.5'])"
    assert run(source, tmp_path, grace=60).survivors == []


def test_a_command_that_hangs_is_stopped(tmp_path: Path) -> None:
    """With all that it started; the report says why."""
    ended = run("import subprocess; subprocess.run(['/bin/sleep', '6789'])", tmp_path, seconds=1)
    assert ended.excess == "it took more than 1 s"
    assert not is_running(b"sleep 6789")


def test_too_many_processes_are_stopped(tmp_path: Path) -> None:
    """A fork bomb cannot take the machine with it, whoever let it through."""
    count = supervise.MOST_PROCESSES + 20
    source = (
        f"import subprocess\nfor _ in range({count}):\n    last = subprocess.Popen('sleep 600'.split())\nlast.wait()"
    )
    assert "processes at a time" in run(source, tmp_path).excess


def test_the_memory_of_graders_is_measured(tmp_path: Path) -> None:
    """The largest that a process of ours ever was, whatever it is when one looks; others do not count."""
    for name in ("autograder.grader", "autograder.cli", "nbgrader"):
        assert 300 <= run(GREEDY, tmp_path, "-m", name).grader_mb < 400
    other = run(GREEDY, tmp_path)
    assert other.grader_mb == 0
    assert other.largest_mb >= 300


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"survivors": ["sleep 600"]}, "a process was left: sleep 600"),
        ({"excess": "900 processes at a time"}, "had to be stopped: 900 processes"),
        ({"status": 2}, "status 2, not 0"),
        ({"grader_mb": GRADER_MB + 1}, "a grader used"),
    ],
)
def test_what_is_wrong_with_a_command_is_found(changes: dict[str, object], words: str) -> None:
    """A survivor, an end by force, another exit status, too much memory."""
    fine = {"output": "", "status": 0, "seconds": 1.0, "grader_mb": 80, "largest_mb": 90, "cpu_seconds": 1.0,
            "excess": "", "survivors": []}  # fmt: skip
    assert list(processes([Ended(**fine)], hopeless=False)) == []  # type: ignore[arg-type]
    (found,) = processes([Ended(**{**fine, **changes})], hopeless=False)  # type: ignore[arg-type]
    assert words in found.words


def test_a_class_with_a_hopeless_case_has_to_say_so() -> None:
    """Where a submission cannot be graded, status 0 is a fault, and status 1 is right."""
    ended = Ended(output="", status=0, seconds=1, grader_mb=1, largest_mb=1, cpu_seconds=1, excess="", survivors=[])
    (found,) = processes([ended], hopeless=True)
    assert "status 0, not 1" in found.words
