"""Turns: many at once, or one alone."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

from autograder.cluster.turns import Turns


def test_nobody_works_beside_one_alone() -> None:
    """However many ask for either, one alone has no company, and everybody gets a turn."""
    turns, lock = Turns(), threading.Lock()
    inside: list[str] = []
    seen: list[list[str]] = []

    def work(kind: str) -> None:
        with turns.alone() if kind == "alone" else turns.together():
            with lock:
                inside.append(kind)
                seen.append(list(inside))
            threading.Event().wait(0.002)
            with lock:
                inside.remove(kind)

    kinds = ["together", "together", "alone"] * 20
    with ThreadPoolExecutor(16) as threads:
        list(threads.map(work, kinds))
    assert len(seen) == len(kinds)
    assert all(now == ["alone"] for now in seen if "alone" in now)
    assert max(len(now) for now in seen) > 1


def test_one_alone_waits_for_those_at_work_only() -> None:
    """Who comes after one that waits to be alone waits, too: else its turn would never come."""
    turns, order = Turns(), list[str]()
    at_work, may_end = threading.Event(), threading.Event()

    def first() -> None:
        with turns.together():
            at_work.set()
            may_end.wait(10)
            order.append("first")

    def alone() -> None:
        with turns.alone():
            order.append("alone")

    def later() -> None:
        with turns.together():
            order.append("later")

    with ThreadPoolExecutor(3) as threads:
        threads.submit(first)
        assert at_work.wait(10)
        threads.submit(alone)
        while not turns._alone:
            threading.Event().wait(0.001)
        threads.submit(later)
        threading.Event().wait(0.02)
        may_end.set()
    assert order == ["first", "alone", "later"]
