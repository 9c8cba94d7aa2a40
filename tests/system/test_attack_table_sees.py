"""The table of attacks can fail: where no protection holds, a success of each kind is done for real, and is seen."""

from __future__ import annotations

import os
from collections.abc import Mapping

import pytest
from nbformat import NotebookNode

from tests.attack_table.combinations import Combination
from tests.attack_table.findings import Finding
from tests.attack_table.run import Outcome, run
from tests.attack_table.stage import workshop
from tests.corpus.attacks.recipe import FULL, NOTHING, Attack, Honest, Scene

UNPROTECTED = Combination("nbgrader", "root" if os.getuid() == 0 else "ordinary user", "none")

DEEDS = {
    "planted_mark": "open(MARKS + '/planted_mark', 'w').close()",
    "planted_change": "with open(HOME + '/.bashrc', 'a') as file:\n    print('# changed', file=file)",
    "planted_removal": "import os\nos.unlink(HOME + '/exam.txt')",
    "planted_link": "import os\nos.symlink('/', COURSE + '/planted_link')",
    "planted_grade": """\
import os, zlib
os.makedirs(COURSE + '/.autograder-cache/meadow', exist_ok=True)
with open(COURSE + '/.autograder-cache/meadow/' + '0' * 64, 'wb') as file:
    file.write(zlib.compress(b'full points'))""",
    "planted_survivor": """\
import os
if not os.fork():
    os.setsid()
    os.closerange(0, 100)
    os.execv("/bin/sleep", ["planted_survivor", "600"])""",
    "planted_tcp": "import socket\nsocket.create_connection(('127.0.0.1', TCP)).sendall(b'planted_tcp')",
    "planted_udp": "import socket\nsocket.socket(type=socket.SOCK_DGRAM).sendto(b'planted_udp', ('127.0.0.1', UDP))",
    "planted_file": "import socket\ns = socket.socket(socket.AF_UNIX)\ns.connect(UNIX)\ns.sendall(b'planted_file')",
    "planted_abstract": """\
import socket
s = socket.socket(socket.AF_UNIX)
s.connect(chr(0) + ABSTRACT)
s.sendall(b'planted_abstract')""",
}
SEEN = {
    "planted_mark": ("change", "marks/planted_mark was written"),
    "planted_change": ("change", "home/.bashrc has another time, content"),
    "planted_removal": ("change", "home/exam.txt is gone"),
    "planted_link": ("change", "course/planted_link was written"),
    "planted_grade": ("change", f"course/.autograder-cache/meadow/{'0' * 64} was written"),
    "planted_survivor": ("survivor", "a process was left: planted_survivor 600"),
    "planted_tcp": ("contact", "the TCP port was reached: b'planted_tcp'"),
    "planted_udp": ("contact", "the UDP port was reached: b'planted_udp'"),
    "planted_file": ("contact", "the socket file was reached: b'planted_file'"),
    "planted_abstract": ("contact", "the abstract socket was reached: b'planted_abstract'"),
}

READ = "import base64\nword = open(COURSE + '/.course-secret').read().strip()\nprint({})"
ENCODED = {"plain": "word", "apart": "'-'.join(word)", "base64": "base64.b64encode(b'x' + word.encode())"}


def planted(student: str, source: str = "", honest: Mapping[str, float] = FULL) -> Attack:
    """Return an attack with right answers and one more cell, which knows the scene."""

    def make(paper: Honest, scene: Scene) -> NotebookNode:
        names = "\n".join(
            f"{name.upper()} = {value if isinstance(value, int) else str(value)!r}"
            for name, value in vars(scene).items()
        )
        return paper.with_cell(paper.notebook(), f"{names}\n{source}")

    return Attack(student=student, row="forge", tries="a plant", success="a finding", make=make, honest=honest)


@pytest.fixture(scope="module")
def outcome() -> Outcome:
    """What the table has to say of a class that nothing stops."""
    plants = [planted(student, source) for student, source in DEEDS.items()]
    plants += [planted(f"read_{name}", READ.format(expression)) for name, expression in ENCODED.items()]
    plants += [planted("planted_points", honest=NOTHING), planted("harmless", "print('nothing')")]
    with workshop() as shop:
        return run(UNPROTECTED, plants, shop, grace=2)


def of(outcome: Outcome, student: str) -> list[Finding]:
    return [finding for finding in outcome.findings if finding.student == student]


@pytest.mark.parametrize("student", DEEDS)
def test_a_deed_outside_of_the_sandbox_is_seen(outcome: Outcome, student: str) -> None:
    """A file written, changed or removed, a process left behind, a message sent: each has its own line."""
    kind, words = SEEN[student]
    found = [finding for finding in outcome.findings if finding.kind == kind and words in finding.words]
    assert len(found) == 1, outcome.findings


@pytest.mark.parametrize("name", ENCODED)
def test_a_canary_is_seen(outcome: Outcome, name: str) -> None:
    """The course secret, read and printed by a cell, in its own letters or in others."""
    found = of(outcome, f"read_{name}")
    assert {finding.kind for finding in found} == {"leak"}
    assert all(finding.words.startswith("the course secret came out (") for finding in found)


def test_undeserved_points_are_seen(outcome: Outcome) -> None:
    """Four right answers of somebody who deserves nothing are four findings, in the record and in the gradebook."""
    found = of(outcome, "planted_points")
    assert [finding.kind for finding in found] == ["points"] * 8
    assert found[0].words == "the record gives double 4 points, 0 are deserved"
    assert found[-1].words == "the gradebook gives normalise 4 points, 0 are deserved"


def test_whoever_does_nothing_is_not_accused(outcome: Outcome) -> None:
    """Neither an honest notebook nor the honest students in front and at the end have a finding."""
    assert [finding for name in ("harmless", "abel", "zuse") for finding in of(outcome, name)] == []


def test_every_finding_belongs_to_a_plant(outcome: Outcome) -> None:
    """Nothing else is found, so that a finding of the real class means something."""
    planted_words = {words for _, words in SEEN.values()}
    others = [finding for finding in outcome.findings if not finding.student]
    assert [finding for finding in others if not any(words in finding.words for words in planted_words)] == []
