"""The table of attacks × combinations, as an instructor reads it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from tests.attack_table.combinations import Combination
from tests.attack_table.findings import KINDS, Finding
from tests.attack_table.run import Outcome
from tests.attack_table.stage import BYSTANDERS
from tests.corpus.attacks.recipe import ROWS, Attack

HELD = "held"
NOWHERE = "–"
_SHORT = {"autograder grade": "grade", "ordinary user": "user", "one layer": "one", "no Landlock": "bwrap"}
_OTHERS = "the class beside them"


def show(attacks: Sequence[Attack], outcomes: Sequence[Outcome], skipped: Sequence[Combination], out: Console) -> bool:
    """Print the table and what got through; returns whether nothing did."""
    out.print(_table(attacks, outcomes))
    out.print(Text(_legend(), style="dim"))
    for combination in skipped:
        out.print(Text(f"skipped: {combination}: {combination.missing}"))
    _print_findings(outcomes, out)
    out.print(Text(summary(attacks, outcomes), style="bold"))
    return not any(outcome.findings for outcome in outcomes)


def summary(attacks: Sequence[Attack], outcomes: Sequence[Outcome]) -> str:
    """Return the last line: how many attacks and combinations, and how many of each kind of thing got through."""
    counts = Counter(finding.kind for outcome in outcomes for finding in outcome.findings)
    parts = [f"{counts[kind]} {one if counts[kind] == 1 else several}" for kind, (one, several) in KINDS.items()]
    largest = max((outcome.grader_mb for outcome in outcomes), default=0)
    return (
        f"{len(attacks)} attacks × {len(outcomes)} combinations: {', '.join(parts)}; "
        f"the largest process that grades had {largest} MB"
    )


def _legend() -> str:
    columns = "nbgrader: nbgrader autograde and generate_feedback; grade: autograder grade"
    layers = "full: bubblewrap, Landlock, system-call filter; one: the same without bubblewrap; bwrap: without Landlock"
    return f"{columns}. root, user: who grades. {layers}. The line in grey says how a success would be seen."


def _table(attacks: Sequence[Attack], outcomes: Sequence[Outcome]) -> Table:
    table = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False)
    table.add_column("attack", no_wrap=True, vertical="top")
    table.add_column("tries", ratio=1)
    for outcome in outcomes:
        table.add_column(Text("\n".join(_heading(outcome.combination)), justify="left"), max_width=_WIDTH)
    for row, title in ROWS.items():
        group = [attack for attack in attacks if attack.row == row]
        if group:
            table.add_section()
            table.add_row(Text(row, style="bold"), Text(title, style="bold"))
        for attack in group:
            text = Text.assemble(attack.tries, "\n", (attack.success, "dim"))
            table.add_row(Text(attack.student), text, *(_cell(attack, outcome) for outcome in outcomes))
    table.add_section()
    names = {attack.student for attack in attacks}
    text = Text(
        f"honest students ({', '.join(each.student for each in BYSTANDERS)}), and what is nobody's in particular"
    )
    table.add_row(Text(_OTHERS), text, *(_words([f for f in o.findings if f.student not in names]) for o in outcomes))
    return table


_WIDTH = 10


def _heading(combination: Combination) -> list[str]:
    return [_SHORT.get(part, part) for part in (combination.door, combination.user, combination.layers)]


def _cell(attack: Attack, outcome: Outcome) -> Text:
    if attack.only is not None and not attack.only(outcome.combination):
        return Text(NOWHERE, style="dim")
    return _words([finding for finding in outcome.findings if finding.student == attack.student])


def _words(findings: Sequence[Finding]) -> Text:
    if not findings:
        return Text(HELD, style="green")
    kinds = dict.fromkeys(KINDS[finding.kind][0] for finding in findings)
    return Text(", ".join(kinds), style="bold red")


def _print_findings(outcomes: Sequence[Outcome], out: Console) -> None:
    for outcome in outcomes:
        for finding in outcome.findings:
            who = finding.student or "the class"
            out.print(Text(f"{outcome.combination}: {who}: {KINDS[finding.kind][0]}: {finding.words}", style="red"))
