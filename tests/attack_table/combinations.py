"""Front door, user and layers of protection: where and how the hostile class is graded."""

from __future__ import annotations

import itertools
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Literal

from tests.machines import Machine, ordinary_user

Door = Literal["nbgrader", "autograder grade"]
User = Literal["root", "ordinary user"]
Layers = Literal["full", "one layer", "no Landlock", "none"]

DOORS: tuple[Door, ...] = ("nbgrader", "autograder grade")
USERS: tuple[User, ...] = ("root", "ordinary user")
LAYERS: tuple[Layers, ...] = ("full", "one layer", "no Landlock")

_BLOCKED: Mapping[Layers, str] = {
    "full": "",
    "one layer": "namespaces",
    "no Landlock": "landlock",
    "none": "namespaces,landlock,seccomp",
}


@dataclass(frozen=True)
class Combination:
    """One column of the table. Of the protection that is left without one of its layers, there are two kinds.

    "one layer" has no bubblewrap, "no Landlock" has. With the layers "none", which are in no column, attacks work: they
    are there to see that successes are noticed.
    """

    door: Door
    user: User
    layers: Layers

    def __str__(self) -> str:
        return f"{self.door}, {self.user}, {self.layers}"

    @property
    def mode(self) -> str:
        """What a grade record says of its sandbox."""
        return "one layer" if self.layers == "no Landlock" else self.layers

    @property
    def missing(self) -> str:
        """Why this machine cannot show the combination, or nothing."""
        if self.user == "root" and os.getuid() != 0:
            return "only root can grade as root"
        if self.layers in ("full", "no Landlock") and not shutil.which("bwrap"):
            return "bubblewrap is not installed"
        return ""

    @contextmanager
    def machine(self) -> Iterator[Machine]:
        """Give a machine with just this user and these layers."""
        blocked = _BLOCKED[self.layers]
        if self.user == "ordinary user" and os.getuid() == 0:
            with ordinary_user() as machine:
                yield replace(machine, blocked=blocked)
        else:
            yield Machine(blocked=blocked)


ALL = tuple(itertools.starmap(Combination, itertools.product(DOORS, USERS, LAYERS)))
