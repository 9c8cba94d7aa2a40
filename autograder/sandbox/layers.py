"""Which protections hold here, in words: for `autograder doctor`, for a grade's record and for the refusal to grade."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from typing import Literal

from autograder.errors import SandboxError
from autograder.sandbox import obstacles

Mode = Literal["full", "one layer", "none"]

UNSAFE_FLAG = "--unsafe-no-sandbox"
BUBBLEWRAP, LANDLOCK, FILTER = "bubblewrap", "Landlock", "system-call filter"
OWN_USER, LIMITS = "own user", "limits"

_SCOPED_SIGNALS = 6
_WRAPPED = "own root folder without personal files, own process and network namespaces"
_MANY_FILES = "the kernel does not limit here how many files a submission makes in its folder"
_NO_FOLDER = "submissions get no writable folder"


@dataclass(frozen=True)
class Layer:
    """One protection: whether it is active, what it does or why it is missing, and what to do about that."""

    name: str
    active: bool
    detail: str
    remedy: str = ""


@dataclass(frozen=True)
class Protection:
    """All protections together. `mode` is what a grade's record says, `tries` are the ways to start that failed."""

    mode: Mode
    layers: tuple[Layer, ...]
    tries: tuple[str, ...] = ()

    @property
    def missing(self) -> tuple[Layer, ...]:
        """The layers that are not active."""
        return tuple(layer for layer in self.layers if not layer.active)

    def layer(self, name: str) -> Layer:
        """Return the layer of this name."""
        return next(layer for layer in self.layers if layer.name == name)


def describe(
    *,
    bubblewrap: bool,
    few_files: bool,
    landlock: int,
    no_filter: str,
    user: int,
    dropped: bool,
    tries: tuple[str, ...],
) -> Protection:
    """Return the protection that a worker reported before it got anything to run.

    `few_files` tells whether a worker's folder takes a limited number of files, `landlock` is its version (0: none),
    `no_filter` why there is no system-call filter ("" where there is one).
    """
    layers = (
        _bubblewrap(bubblewrap, few_files, tries),
        _landlock(landlock),
        _filter(no_filter),
        _user(user, dropped, tries),
        Layer(LIMITS, True, "time, memory, output, open files and threads are limited; no core dumps"),
    )
    return Protection(_mode(bubblewrap, landlock > 0, not no_filter), layers, tries)


def demand(protection: Protection) -> None:
    """Raise SandboxError where the protection is not enough: with reason, remedy and the flag that accepts the risk."""
    if protection.mode != "none":
        return
    needed = [layer for layer in protection.missing if layer.name != OWN_USER]
    reasons = "; ".join(f"{layer.name}: {layer.detail} ({layer.remedy})" for layer in needed)
    raise SandboxError(
        f"the protection that other people's code needs is missing here. {reasons}. "
        f"`{UNSAFE_FLAG}` grades without it: only for code that you trust"
    )


_FILTERED = "no sockets, no new processes, no signals to others, no change of limits"


def _mode(bubblewrap: bool, landlock: bool, seccomp: bool) -> Mode:
    if not seccomp or not (bubblewrap or landlock):
        return "none"
    return "full" if bubblewrap and landlock else "one layer"


def _bubblewrap(active: bool, few_files: bool, tries: tuple[str, ...]) -> Layer:
    if active:
        return Layer(BUBBLEWRAP, True, _WRAPPED if few_files else f"{_WRAPPED}; {_MANY_FILES}")
    if not shutil.which("bwrap"):
        return Layer(BUBBLEWRAP, False, f"bwrap is not installed; {_NO_FOLDER}", obstacles.INSTALL_BUBBLEWRAP)
    reason = next((text for text in reversed(tries) if text.startswith("inside bubblewrap")), "it was not tried")
    return Layer(BUBBLEWRAP, False, f"{reason}; {_NO_FOLDER}", obstacles.bubblewrap(reason))


def _landlock(version: int) -> Layer:
    if not version:
        return Layer(LANDLOCK, False, *obstacles.landlock())
    weak = "" if version >= _SCOPED_SIGNALS else "; signals are left to the system-call filter"
    return Layer(LANDLOCK, True, f"version {version}: no file but Python's own can be opened{weak}")


def _filter(reason: str) -> Layer:
    if reason:
        return Layer(FILTER, False, reason, obstacles.system_call_filter(reason))
    return Layer(FILTER, True, _FILTERED)


def _user(user: int, dropped: bool, tries: tuple[str, ...]) -> Layer:
    if user == 0:
        reason = next((f" ({text})" for text in tries if "as user" in text), "")
        detail = f"workers run as root without capabilities{reason}"
        return Layer(OWN_USER, False, detail, obstacles.own_user(reason))
    return Layer(OWN_USER, True, f"workers run as user {user}" if dropped else "grading does not run as root")
