"""What the trials showed: a table, everything that is to be mended, and the section for the documentation."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from autograder.course import Assignment
from autograder.equivalents import Equivalent
from autograder.instructor.mutate import examine
from autograder.instructor.mutation_report import Report, Verdict
from autograder.instructor.table import wide_console

COLUMNS = ("question", "slips killed", "slips named", "mutants killed", "equivalent", "survived", "right variants")


def show(
    assignments: Sequence[Assignment], *, question: str | None, seeds: int, jobs: int | None, as_markdown: bool
) -> bool:
    """Try out the suites of the assignments, print what came of each, and return whether there is nothing to mend."""
    fine = True
    for assignment in assignments:
        with _progress(assignment.name) as progress:
            report = examine(assignment, question=question, seeds=seeds, jobs=jobs, progress=progress)
        if as_markdown:
            print(markdown(assignment, report))  # noqa: T201
        else:
            print_report(report, wide_console())
        fine = fine and report.fine
    return fine


@contextmanager
def _progress(title: str) -> Iterator[Callable[[int, int], None]]:
    """Give a function that moves a bar, where standard error is a terminal."""
    console = Console(stderr=True)
    columns = (TextColumn(title), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task(title, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def rows(report: Report) -> list[tuple[str, ...]]:
    """Return a row a question, and one for all together."""
    return [*(_row(verdict.question, [verdict]) for verdict in report.verdicts), _row("together", report.verdicts)]


def _row(title: str, verdicts: Sequence[Verdict]) -> tuple[str, ...]:
    slips = [slip for verdict in verdicts for slip in verdict.slips]
    variants = [variant for verdict in verdicts for variant in verdict.variants]
    return (
        title,
        f"{sum(slip.caught for slip in slips)} of {len(slips)}",
        f"{sum(slip.recognised for slip in slips)} of {len(slips)}",
        str(sum(verdict.killed for verdict in verdicts)),
        str(sum(verdict.equivalent for verdict in verdicts)),
        str(sum(len(verdict.survivors) for verdict in verdicts)),
        f"{sum(not variant.messages for variant in variants)} of {len(variants)}",
    )


def markdown(assignment: Assignment, report: Report) -> str:
    """Return the section of an assignment for the documentation: table, and the equivalent mutants with reasons."""
    lines = [f"## `{assignment.name}`: {assignment.title}", "", f"| {' | '.join(COLUMNS)} |"]
    lines.append("|" + "|".join(["---", *["--:"] * (len(COLUMNS) - 1)]) + "|")
    for question, *numbers in rows(report):
        title = question if question == "together" else f"`{question}`"
        lines.append(f"| {title} | {' | '.join(numbers)} |")
    by_reason: dict[Equivalent, list[str]] = {}
    for name, equivalent in (item for verdict in report.verdicts for item in verdict.listed.items()):
        by_reason.setdefault(equivalent, []).append(name)
    if by_reason:
        lines += ["", "Mutants that are right, too:"]
    for equivalent, names in by_reason.items():
        elsewhere = f" (The tests of `{equivalent.caught_by}` fail.)" if equivalent.caught_by else ""
        lines += ["", f"{equivalent.reason}{elsewhere}", "", *(f"- `{name}`" for name in names)]
    to_mend = list(complaints(report))
    if to_mend:
        lines += ["", "To mend:", "", *(f"- {line}" for line in to_mend)]
    return "\n".join(lines) + "\n"


def print_report(report: Report, console: Console) -> None:
    """Print the table, and below it everything that is to be mended."""
    table = Table(title=report.assignment, title_justify="left", box=None, pad_edge=False)
    for number, column in enumerate(COLUMNS):
        table.add_column(column, justify="right" if number else "left", no_wrap=True)
    for row in rows(report):
        table.add_row(*map(Text, row), end_section=True)
    console.print(table)
    for line in complaints(report):
        console.print(Text(line), soft_wrap=True)
    outcome = "fine" if report.fine else "to mend"
    console.print(Text(f"{report.assignment}: {report.share:.1%} of the mutants killed, {outcome}"))


def complaints(report: Report) -> Iterator[str]:
    """Yield a line for each thing that is not as it should be."""
    listed = f"reference/equivalents/{report.assignment}.yml"
    for verdict in report.verdicts:
        yield from _slips(verdict)
        yield from _variants(verdict)
        for mutant in verdict.survivors:
            place = f"reference/{report.assignment}.py:{mutant.line}"
            passed = f", though only with seed {mutant.seeds} of several" if mutant.killed else ""
            yield f"survived: {mutant.id}\n    {place}: {mutant.statement}{passed}"
        for mutant in verdict.unlike:
            yield f"not equivalent: {mutant.id}\n    a hidden test fails; take it off {listed}"
        for mutant in verdict.escaped:
            yield f"not caught: {mutant.id}\n    {listed} says that the tests of {mutant.escaped} fail, and they pass"
    for name in report.gone:
        yield f"no such mutant: {name}\n    {listed} has it, but the code has changed; take it off"


def _slips(verdict: Verdict) -> Iterator[str]:
    for slip in verdict.slips:
        if not slip.caught:
            yield f"not killed: {slip.name} ({verdict.question}), caught with {slip.killed} of {len(slip.names)} seeds"
        elif not slip.recognised:
            said = ", ".join(str(name or "no name") for name in dict.fromkeys(slip.names))
            yield f"misnamed: {slip.name} ({verdict.question}) is called {said}"
        for test in slip.passed_as_whole:
            whole = f"{test} passes it when it is asked with None, though one of its parts fails"
            yield f"passed as a whole: {slip.name} ({verdict.question})\n    {whole}: None stands for all parts"


def _variants(verdict: Verdict) -> Iterator[str]:
    for variant in verdict.variants:
        for message in dict.fromkeys(variant.messages):
            yield f"right and yet not full marks: {variant.style} ({verdict.question}): {message}"
