"""Who moves, by how much and because of which tests, as a table that fits into 80 columns."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from autograder.instructor.moves import Kind, Move, Points, QuestionMove, TestMove, case_of

MOST_TESTS = 4
"""Sentences that are shown of one question: a function that hangs fails every test, and says so with the first."""

_WORDS: dict[Kind, str] = {
    "down": "lose points",
    "up": "gain points",
    "shifted": "have the same sum in other questions",
    "not gradable": "are no longer gradable",
    "new": "are new",
    "removed": "lose their record",
    "rewritten": "keep their points and get other texts or digests",
    "same": "stay as they are",
}
_WORDS_FOR_ONE: dict[Kind, str] = {
    "down": "loses points",
    "up": "gains points",
    "shifted": "has the same sum in other questions",
    "not gradable": "is no longer gradable",
    "new": "is new",
    "removed": "loses the record",
    "rewritten": "keeps the points and gets other texts or digests",
    "same": "stays as it is",
}


def print_moves(moves: Sequence[Move], console: Console) -> None:
    """Print all who move, what several of them have in common, and how many there are of each kind."""
    shown = [move for move in moves if move.moves]
    common = [(line, count) for line, count in _shared(shown) if count > 1]
    everywhere = frozenset(cause for (question, cause), count in common if not question and count == len(shown))
    if shown:
        console.print(_table(shown, everywhere))
    if common:
        console.print(_shared_table(common))
    console.print(Text(summary(moves)))


def summary(moves: Sequence[Move]) -> str:
    """Return how many there are of each kind, those who lose points first."""
    counts = Counter(move.kind for move in moves)
    kinds = [kind for kind in _WORDS if counts[kind]]
    said = [f"{counts[kind]} {(_WORDS_FOR_ONE if counts[kind] == 1 else _WORDS)[kind]}" for kind in kinds]
    return f"{'1 student' if len(moves) == 1 else f'{len(moves)} students'}{': ' if said else ''}{', '.join(said)}"


def lines_of(question: QuestionMove) -> list[str]:
    """Return what became of the tests of a question, the cases of a test together."""
    cases: dict[tuple[str, str, bool], list[tuple[int, int]]] = {}
    for test in question.tests:
        title, number, count = case_of(test.name)
        cases.setdefault((_verb(test), title, test.hidden), []).append((number, count))
    return [_line(*key, places) for key, places in cases.items()]


def _table(moves: Iterable[Move], unsaid: Collection[str]) -> Table:
    """Return a row a student; causes that all of them have are said below instead."""
    table = Table(box=None, pad_edge=False)
    table.add_column("student", no_wrap=True, max_width=20, overflow="ellipsis")
    table.add_column("points", no_wrap=True, justify="right")
    table.add_column("±", no_wrap=True, justify="right")
    table.add_column("question, and because of what")
    for move in moves:
        reasons = Table.grid()
        for text, indent in _reasons(move, unsaid):
            reasons.add_row(Padding(Text(text), (0, 0, 0, indent)))
        style = "bold" if move.loses else ""
        table.add_row(Text(move.student), Text(_arrow(move.before, move.after), style), _difference(move), reasons)
    return table


def _reasons(move: Move, unsaid: Collection[str]) -> Iterable[tuple[str, int]]:
    """Return lines, each with its indentation."""
    if move.kind == "new":
        yield "no record so far", 0
    if move.kind == "removed":
        yield "had no record before", 0
    yield from ((cause, 0) for cause in move.causes if cause not in unsaid)
    if move.kind == "not gradable":
        return  # every question has gone, for the reason that is said
    for question in move.questions:
        yield f"{question.name} {_arrow(question.before, question.after)}", 0
        lines = lines_of(question)
        for line in lines[:MOST_TESTS]:
            yield line, 2
        if len(lines) > MOST_TESTS:
            yield f"and {len(lines) - MOST_TESTS} more", 2


def _shared(moves: Iterable[Move]) -> list[tuple[tuple[str, str], int]]:
    """Return (question, line) and how many students it concerns, the most frequent first."""
    counts: Counter[tuple[str, str]] = Counter()
    for move in moves:
        counts.update(("", cause) for cause in move.causes)
        if move.kind != "not gradable":
            counts.update((question.name, line) for question in move.questions for line in lines_of(question))
    return counts.most_common()


def _shared_table(common: Iterable[tuple[tuple[str, str], int]]) -> Table:
    table = Table(box=None, pad_edge=False)
    table.add_column("students", justify="right", no_wrap=True)
    table.add_column("question", no_wrap=True)
    table.add_column("what they have in common")
    for (question, line), count in common:
        table.add_row(str(count), Text(question), Text(line))
    return table


def _arrow(before: Points | None, after: Points | None) -> str:
    """Return `8 → 5`, and `8 of 8 → 8 of 10` where they are not of the same number."""
    if before is not None and after is not None and before.of == after.of:
        return f"{before.score:g} → {after.score:g}"
    return " → ".join("–" if points is None else f"{points.score:g} of {points.of:g}" for points in (before, after))


def _difference(move: Move) -> Text:
    if move.before is None or move.after is None:
        return Text("")
    difference = round(move.after.score - move.before.score, 2)
    return Text(f"{difference:+g}".replace("-", "−") if difference else "0", "bold" if move.loses else "")


def _line(verb: str, title: str, hidden: bool, places: Sequence[tuple[int, int]]) -> str:
    (_, count), *_ = places
    cases = f" ({len(places)} of {count} cases)" if count > 1 else ""
    return f"{verb}: {title}{cases}{' [hidden]' if hidden else ' [visible]'}"


def _verb(test: TestMove) -> str:
    """Say what became of a test in a few words."""
    if test.before is None:
        return "new, passed" if test.after == "passed" else "new, failed"
    if test.after is None:
        return "gone, had passed" if test.before == "passed" else "gone, had failed"
    counts = f"counts {test.weight_after:g} instead of {test.weight_before:g}"
    if (test.before == "passed") == (test.after == "passed"):
        return f"{'passes' if test.after == 'passed' else 'fails'}, {counts}"
    now = {"passed": "passes now", "timeout": "runs out of time now", "skipped": "is not run any more"}
    verb = now.get(test.after, "fails now")
    return verb if test.weight_before == test.weight_after else f"{verb}, {counts}"
