"""Each witness of the table of attacks sees what is planted for it, and nothing where nothing is."""

from __future__ import annotations

import base64
import codecs
import hashlib
import os
import zlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from autograder import record
from autograder.cache import FOLDER
from autograder.record import Grade, QuestionResult
from tests.attack_table import files, remembered
from tests.attack_table.canaries import PLACES, Search, draw
from tests.attack_table.findings import Finding, attributed
from tests.attack_table.markup import working
from tests.attack_table.outputs import leaks
from tests.attack_table.stage import HOLDER
from tests.attack_table.verdicts import judged, scored
from tests.corpus.attacks.recipe import FULL, NOTHING, POINTS, Attack

ENCODINGS: dict[str, Callable[[str], str]] = {
    "plain": str,
    "first half": lambda word: word[:10],
    "second half": lambda word: word[10:],
    "capitals": str.upper,
    "dashes": "-".join,
    "lines": "\n".join,
    "written lines": "\\n".join,
    "reversed": lambda word: word[::-1],
    "rot13": lambda word: codecs.encode(word, "rot13"),
    "hexadecimal": lambda word: word.encode().hex(),
    "hexadecimal in capitals": lambda word: word.encode().hex(":").upper(),
    "octal": lambda word: " ".join(f"{ord(letter):o}" for letter in word),
    "decimal": lambda word: str(list(word.encode())),
    "binary": lambda word: " ".join(f"{ord(letter):08b}" for letter in word),
    "UTF-16": lambda word: word.encode("utf-16-le").decode("latin-1"),
    "a representation of UTF-16": lambda word: repr(word.encode("utf-16")).replace("\\x00", ""),
    "quoted for a URL": lambda word: "".join(f"%{ord(letter):02X}" for letter in word),
    "escaped": lambda word: "".join(f"\\u{ord(letter):04x}" for letter in word),
    "escaped bytes": lambda word: "".join(f"\\x{ord(letter):02x}" for letter in word),
    "entities": lambda word: "".join(f"&#{ord(letter)};" for letter in word),
    "in tags": lambda word: "".join(f"<b>{letter}</b>" for letter in word),
    "base64": lambda word: base64.b64encode(word.encode()).decode(),
    "base64 behind one byte": lambda word: base64.b64encode(b"?" + word.encode()).decode(),
    "base64 behind two bytes": lambda word: base64.b64encode(b"?!" + word.encode()).decode(),
    "base64 in lines": lambda word: base64.encodebytes(bytes(50) + word.encode()).decode(),
    "base32": lambda word: base64.b32encode(b"?!?" + word.encode()).decode(),
}


def attack(**changes: object) -> Attack:
    plain = Attack(student="eve", row="forge", tries="a", success="b", make=lambda *_: b"", honest=NOTHING)
    return replace(plain, **changes)  # type: ignore[arg-type]


def grade(scores: dict[str, float] | None = None, **changes: object) -> Grade:
    scores = scores if scores is not None else dict(NOTHING)
    questions = [
        QuestionResult(name=name, score=score, max_score=POINTS.get(name, 1), outcome="wrong", message="no")
        for name, score in scores.items()
    ]
    plain = Grade(
        course="c", assignment="meadow", student="eve", submission="", suite="", framework="", graded_at="", seed="",
        sandbox="full", outcome="graded", score=sum(scores.values()), max_score=16, questions=tuple(questions),
    )  # fmt: skip
    return msgspec.structs.replace(plain, **changes)


class TestCanaries:
    @pytest.mark.parametrize("encode", ENCODINGS.values(), ids=ENCODINGS)
    def test_every_form_is_found(self, encode: Callable[[str], str]) -> None:
        """A canary is seen whatever is done to it, and its place is named."""
        words = draw()
        for place in PLACES:
            assert set(Search(words)(f"before {encode(words[place])} after")) == {place}

    def test_other_words_are_not_found(self) -> None:
        """Neither the canaries of another run nor plain text are taken for one."""
        search = Search(draw())
        assert search(" ".join(encode(word) for encode in ENCODINGS.values() for word in draw().values())) == {}
        assert search(Path(__file__).read_bytes()) == {}

    def test_nobody_could_know_them(self) -> None:
        """Each run has new words, and each place its own."""
        first, second = draw(), draw()
        assert len({*first.values(), *second.values()}) == 2 * len(PLACES)


class TestOutputs:
    def test_a_canary_in_a_file_is_a_leak_of_that_student(self) -> None:
        """The finding names what came out, and where."""
        words = draw()
        (found,) = leaks({"eve": {"page.html": f"<p>{words['suite']}</p>".encode()}}, words)
        assert found == Finding("leak", "the hidden suite came out (plain) in page.html", "eve")

    @pytest.mark.parametrize(
        "said",
        ["CONTRABAND 1.5", "contraband", "b'CONTRABAND'", "DNABARTNOC", "434f4e54524142414e44", "Q09OVFJBQkFORA=="],
    )
    def test_a_hidden_input_is_a_leak(self, said: str) -> None:
        """The word that recipes put in front of a hidden input gives it away."""
        (found,) = leaks({"eve": {"the record": said.encode()}}, {})
        assert found.words.startswith("a hidden input came out (")

    def test_a_students_own_code_is_no_leak(self) -> None:
        """The two halves of that word in the source of a cell are no word."""
        assert list(leaks({"eve": {"page.html": b'raise ValueError("CONTRA" "BAND" + repr(x))'}}, draw())) == []

    def test_the_holder_may_read_what_is_theirs(self) -> None:
        """The canary in an honest student's submission is on that student's page, and on nobody else's."""
        words = draw()
        texts = {student: {"page.html": words["submission"].encode()} for student in (HOLDER, "eve")}
        assert [finding.student for finding in leaks(texts, words)] == ["eve"]


class TestMarkup:
    @pytest.mark.parametrize(
        "page",
        [
            "<script>smuggled()</script>",
            "<img src=x onerror='smuggled()'>",
            "<a href='javascript:smuggled()'>x</a>",
            "<smuggled>",
            "<style>smuggled {}</style>",
        ],
    )
    def test_what_works_on_a_page_is_seen(self, page: str) -> None:
        """A script, an event handler, a link to a script, a tag, a style."""
        assert [f.kind for f in working({"eve": {"feedback/eve/meadow.html": page.encode()}})] == ["leak"]

    @pytest.mark.parametrize("line", [b"\x1b[31msmuggled", b"smuggled\x07", "smuggled\u202e".encode(), b"\xc2\x9bx"])
    def test_what_works_in_a_terminal_is_seen(self, line: bytes) -> None:
        """Escape sequences, a bell, a turn of the writing direction."""
        assert [f.kind for f in working({"": {"what was printed": line}})] == ["leak"]

    def test_plain_text_is_fine(self) -> None:
        """Escaped markup is text; tabs and umlauts are allowed in a terminal."""
        page = "<p title='x'>&lt;script&gt;smuggled()&lt;/script&gt;</p><script>our()</script>"
        texts = {"eve": {"a.html": page.encode()}, "": {"what was printed": "\tsmuggled ü ✓ −\r\n".encode()}}
        assert list(working(texts)) == []

    @pytest.mark.parametrize(("row", "seen"), [(b"eve,=smuggled()", 1), (b'"@smuggled",1', 1), (b"eve,smuggled=1", 0)])
    def test_formulas(self, row: bytes, seen: int) -> None:
        """In a table for spreadsheets no cell begins as a formula does."""
        assert len(list(working({"": {"grades.csv": row}}))) == seen


class TestFiles:
    @pytest.mark.parametrize(
        ("deed", "words"),
        [
            (lambda path: path.write_text("other"), "content"),
            (lambda path: path.chmod(0o640), "mode"),
            (lambda path: os.utime(path, (1, 1)), "time"),
            (lambda path: path.unlink(), "is gone"),
            (lambda path: (path.parent / "new").touch(), "new was written"),
            (lambda path: (path.parent / "new").mkdir(), "new was written"),
            (lambda path: (path.unlink(), path.symlink_to("/etc/passwd")), "kind"),
        ],
    )
    def test_a_change_is_seen(self, tmp_path: Path, deed: Callable[[Path], object], words: str) -> None:
        """Content, mode, time, kind, what is gone and what is new."""
        path = tmp_path / "file"
        path.write_text("text")
        before = files.snapshot(tmp_path)
        assert files.changes(before, files.snapshot(tmp_path), may_change=lambda _: False) == []
        deed(path)
        found = files.changes(before, files.snapshot(tmp_path), may_change=lambda _: False)
        assert len(found) == 1
        assert words in found[0].words
        assert files.changes(before, files.snapshot(tmp_path), may_change=lambda _: True) == []


NOTEBOOK = b"a notebook"
DIGEST = hashlib.sha256(NOTEBOOK).hexdigest()


class TestRemembered:
    @pytest.fixture
    def course(self, tmp_path: Path) -> Path:
        """A course that has graded one notebook and remembers it."""
        path = tmp_path / "course" / "submitted" / "eve" / "meadow" / "meadow.ipynb"
        for folder in (path.parent, tmp_path / "course" / FOLDER / "meadow"):
            folder.mkdir(parents=True)
        path.write_bytes(NOTEBOOK)
        remember(tmp_path / "course", DIGEST, grade(submission=DIGEST))
        return tmp_path / "course"

    def own(self, course: Path) -> set[str]:
        digests = remembered.handed_in(files.snapshot(course.parent))
        return remembered.own(course, digests, {"eve": grade(submission=DIGEST, restored=("a note",))})

    def test_what_the_grader_writes(self, course: Path) -> None:
        """Two folders, and the grade of what was handed in, whoever had it first."""
        assert self.own(course) == {FOLDER, f"{FOLDER}/meadow", f"{FOLDER}/meadow/{DIGEST}"}

    @pytest.mark.parametrize(
        "deed",
        [
            lambda path: path.write_bytes(b"no grade"),
            lambda path: path.write_bytes(zlib.compress(b"no grade")),
            lambda path: path.chmod(0o644),
            lambda path: (path.rename(path.with_name("x")), path.symlink_to("x")),
            lambda path: remember(path.parents[2], DIGEST, grade(submission="00" * 32)),
            lambda path: remember(path.parents[2], DIGEST, grade({**NOTHING, "double": 4}, submission=DIGEST)),
            lambda path: path.rename(path.with_name("00" * 32)),
        ],
        ids=["garbage", "no grade", "open", "link", "of another", "more points", "never handed in"],
    )
    def test_what_it_does_not(self, course: Path, deed: Callable[[Path], object]) -> None:
        """A file that is no grade, not this one's, or not for the grader alone is not the grader's."""
        deed(course / FOLDER / "meadow" / DIGEST)
        assert self.own(course) == {FOLDER, f"{FOLDER}/meadow"}

    def test_another_folder_is_not_its_own(self, course: Path) -> None:
        """A link in the place of the memory is nobody's but an attacker's."""
        (course / FOLDER).rename(course / "moved")
        (course / FOLDER).symlink_to("moved")
        assert self.own(course) == {f"{FOLDER}/meadow"}


def remember(course: Path, name: str, kept: Grade) -> None:
    path = course / FOLDER / "meadow" / name
    path.write_bytes(zlib.compress(msgspec.msgpack.encode((record.to_json(kept), b"{}"))))
    path.chmod(0o600)


class TestVerdicts:
    def test_a_grade_as_it_should_be(self) -> None:
        """Nothing is found where points, outcomes, words and layers are those of the recipe."""
        wanted = attack(outcomes={"double": "wrong"}, says={"double": "no"})
        assert list(judged(wanted, grade(), "full")) == []

    @pytest.mark.parametrize(
        ("recipe", "made", "kind", "words"),
        [
            (attack(), None, "fault", "no grade record"),
            (attack(), grade({**NOTHING, "total": 1}), "points", "gives total 1 points, 0 are deserved"),
            (attack(), grade({**NOTHING, "total": 0.01}), "points", "gives total 0.01 points"),
            (attack(honest=FULL), grade({**FULL, "total": 3}), "fault", "gives total 3 of 4 deserved points"),
            (attack(), grade({**NOTHING, "bonus": 0}), "points", "has a question 'bonus'"),
            (attack(), grade(score=2), "points", "gives 2 of 16 points"),
            (attack(), grade(max_score=20), "points", "gives 0 of 20 points"),
            (attack(), grade(sandbox="none"), "fault", "sandbox 'none'"),
            (attack(), grade(outcome="not gradable"), "fault", "'not gradable'"),
            (attack(grade="not gradable"), grade(), "fault", "'graded'"),
            (attack(reason="too large"), grade(reason="odd"), "fault", "without 'too large'"),
            (attack(outcomes={"double": "not gradable"}), grade(), "fault", "double is 'wrong', not 'not gradable'"),
            (attack(says={"double": "exit"}), grade(), "fault", "without 'exit'"),
        ],
    )
    def test_what_is_not(self, recipe: Attack, made: Grade | None, kind: str, words: str) -> None:
        """Each way in which a grade differs from the recipe is found, with its kind."""
        found = list(judged(recipe, made, "full"))
        assert found
        assert any(finding.kind == kind and words in finding.words for finding in found), found
        assert {finding.student for finding in found} == {"eve"}

    def test_what_may_be_lost(self) -> None:
        """Points that an attack may cost itself are no fault, points that it does not deserve remain one."""
        recipe = attack(honest={**FULL, "double": 2}, may_lose=frozenset(POINTS))
        assert list(scored(recipe, NOTHING, "there")) == []
        assert [finding.kind for finding in scored(recipe, FULL, "there")] == ["points"]


def test_a_finding_goes_to_the_only_student_that_it_names() -> None:
    """A mark or a message that carries a name has an owner; one that carries two or none has none."""
    words = ["marks/eve was written", "from eve and bob", "from evelyn", "b'bob'"]
    found = attributed([Finding("contact", each) for each in words], ["eve", "bob"])
    assert [finding.student for finding in found] == ["eve", "", "", "bob"]
