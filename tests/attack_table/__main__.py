"""`python -m tests.attack_table`: grade the hostile class in every combination and print what got through."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from rich.console import Console

from autograder.instructor.table import wide_console
from tests.attack_table.combinations import ALL, DOORS, LAYERS, USERS, Combination
from tests.attack_table.run import Outcome, run
from tests.attack_table.stage import Workshop, workshop
from tests.attack_table.table import show
from tests.corpus import attacks
from tests.corpus.attacks.recipe import ROWS, Attack

HELD, GOT_THROUGH = 0, 1


def main(arguments: Sequence[str] | None = None) -> int:
    """Return 0 where nothing got through, 1 where something did."""
    chosen = _parser().parse_args(arguments)
    class_ = [each for each in attacks.ALL if _is_chosen(each, chosen)]
    wanted = [
        each
        for each in ALL
        if chosen.door in (None, each.door)
        and chosen.user in (None, each.user)
        and chosen.layers in (None, each.layers)
    ]
    possible = [each for each in wanted if not each.missing]
    with workshop() as shop, ThreadPoolExecutor(chosen.lanes) as lanes:
        outcomes = list(lanes.map(lambda each: _told(each, class_, shop, chosen.jobs), possible))
    held = show(class_, outcomes, [each for each in wanted if each.missing], wide_console())
    return HELD if held and outcomes else GOT_THROUGH


def _told(combination: Combination, class_: Sequence[Attack], shop: Workshop, jobs: int) -> Outcome:
    """Run a combination, and say on standard error that it is done: a table that comes minutes later needs patience."""
    outcome = run(combination, class_, shop, jobs=jobs)
    took = f"{outcome.seconds:.0f} s, {outcome.cpu_seconds:.0f} s of processors"
    words = f"{combination}: {len(outcome.findings) or 'nothing'} got through ({took})"
    Console(stderr=True).print(words, style="dim", highlight=False)
    return outcome


def _is_chosen(attack: Attack, chosen: argparse.Namespace) -> bool:
    if chosen.student or chosen.row:
        return attack.student in chosen.student or attack.row in chosen.row
    return True


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.attack_table", description=__doc__)
    parser.add_argument("--student", action="append", default=[], metavar="NAME", help="this attack only; repeatable")
    parser.add_argument("--row", action="append", default=[], choices=list(ROWS), help="these attacks only; repeatable")
    parser.add_argument("--door", choices=DOORS, help="combinations with this front door only")
    parser.add_argument("--user", choices=USERS, help="combinations with this user only")
    parser.add_argument("--layers", choices=LAYERS, help="combinations with these layers only")
    parser.add_argument("--lanes", type=int, default=2, metavar="N", help="combinations at a time (default 2)")
    parser.add_argument("--jobs", type=int, default=2, metavar="N", help="graders at a time for each (default 2)")
    return parser


if __name__ == "__main__":
    sys.exit(main())
