"""Everything that a combination put out: what comes back to a student, and what an instructor reads."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from autograder import record
from autograder.record import Grade
from tests.attack_table.canaries import PLACES, Search
from tests.attack_table.findings import Finding
from tests.attack_table.stage import BYSTANDERS, HOLDER
from tests.corpus.attacks.recipe import CONTRABAND

Texts = Mapping[str, Mapping[str, bytes]]
"""What was put out, by student ("" for all of them together) and by the name of the file or place."""

PRINTED = "what was printed"
_FOLDERS = ("autograded", "feedback", "grades")


def gathered(
    course: Path, printed: str, students: Iterable[str], grades: Mapping[str, Grade], comments: Mapping[str, list[str]]
) -> Texts:
    """Return what the commands printed and logged, and each student's files, record and comments."""
    found = {"": {PRINTED: printed.encode(), **_read(course, course.glob(".*.log"))}}
    for student in students:
        texts = _read(course, _files(course, student))
        if student in grades:
            texts["the record"] = record.to_json(grades[student])
        texts |= {f"comment {number}": text.encode() for number, text in enumerate(comments.get(student, []), 1)}
        found[student] = texts
    return found


def _read(course: Path, paths: Iterable[Path]) -> dict[str, bytes]:
    return {str(path.relative_to(course)): path.read_bytes() for path in paths}


def _files(course: Path, student: str) -> Iterator[Path]:
    for folder in _FOLDERS:
        yield from (course / folder).glob(f"*/{student}.json")
        yield from (p for p in (course / folder / student).rglob("*") if p.is_file() and not p.is_symlink())


def leaks(texts: Texts, canaries: Mapping[str, str]) -> Iterator[Finding]:
    """Yield each canary, and each hidden input that was smuggled out, with the place where it stands.

    The contraband's two halves stand in the student's own code, which comes back to them: that is no leak.
    """
    searches = (Search(canaries), Search({CONTRABAND: CONTRABAND}, apart=False))
    for student, name, content in fresh(texts):
        for search in searches:
            for place, form in search(content).items():
                if (student, place) != (HOLDER, "submission"):
                    what = PLACES.get(place, "a hidden input")
                    yield Finding("leak", f"{what} came out ({form}) in {name}", student)


def fresh(texts: Texts) -> Iterator[tuple[str, str, bytes]]:
    """Yield (student, name, content) without the lines that an honest student's files have, too."""
    honest = texts.get(BYSTANDERS[-1].student, {}).values()
    known = {line for content in honest for line in content.splitlines()}
    for student, files in texts.items():
        for name, content in files.items():
            yield student, name, b"\n".join(line for line in content.splitlines() if line not in known)
