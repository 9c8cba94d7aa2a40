"""Landlock: the kernel's own rule which files a process may open. Works without any privilege."""

from __future__ import annotations

import os
import struct
from collections.abc import Iterable

from autograder.sandbox.inside.kernel import syscall

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_VERSION_FLAG = 1
_RULE_PATH_BENEATH = 1

_WRITE_FILE, _READ_FILE, _READ_DIR = 1 << 1, 1 << 2, 1 << 3
_REMOVE_DIR, _REMOVE_FILE, _MAKE_DIR, _MAKE_FILE = 1 << 4, 1 << 5, 1 << 7, 1 << 8
_REFER, _TRUNCATE, _DEVICE_IOCTL = 1 << 13, 1 << 14, 1 << 15
_FIRST_RIGHTS = (1 << 13) - 1
_ALL_TCP = 0b11
_ALL_SCOPES = 0b11

_READ = _READ_FILE | _READ_DIR
_WRITE = _READ | _WRITE_FILE | _REMOVE_DIR | _REMOVE_FILE | _MAKE_DIR | _MAKE_FILE | _TRUNCATE
_FILE_ONLY = _READ_FILE | _WRITE_FILE | _TRUNCATE


def version() -> int:
    """Return the kernel's Landlock version, 0 where there is none: old kernel, switched off, refused by a container."""
    try:
        return syscall(_CREATE_RULESET, None, 0, _VERSION_FLAG)
    except OSError:
        return 0


def prepare(*, readable: Iterable[str], writable: Iterable[str]) -> int | None:
    """Return the descriptor of rules that allow these files and folders and no others, no TCP, no signals out.

    Made once and held for every process forked from here. None where Landlock is missing. Raises OSError where it is
    there and fails.
    """
    abi = version()
    if not abi:
        return None
    rights = _rights(abi)
    attributes = struct.pack("<QQQ", rights, _ALL_TCP if abi >= 4 else 0, _ALL_SCOPES if abi >= 6 else 0)
    attributes = attributes[: 8 if abi < 4 else 16 if abi < 6 else 24]
    ruleset = syscall(_CREATE_RULESET, attributes, len(attributes), 0)
    try:
        for path in readable:
            _allow(ruleset, path, _READ & rights)
        for path in writable:
            _allow(ruleset, path, _WRITE & rights)
    except OSError:
        os.close(ruleset)
        raise
    return ruleset


def restrict(ruleset: int) -> None:
    """Put this process under rules for good, on top of those that it is under; raises OSError."""
    syscall(_RESTRICT_SELF, ruleset, 0)


def _rights(abi: int) -> int:
    rights = _FIRST_RIGHTS
    for since, right in ((2, _REFER), (3, _TRUNCATE), (5, _DEVICE_IOCTL)):
        if abi >= since:
            rights |= right
    return rights


def _allow(ruleset: int, path: str, rights: int) -> None:
    try:
        descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return  # not there, so there is nothing to allow
    try:
        if not os.path.isdir(path):  # noqa: PTH112 - the worker is kept free of pathlib in its hot path
            rights &= _FILE_ONLY
        syscall(_ADD_RULE, ruleset, _RULE_PATH_BENEATH, struct.pack("<QI", rights, descriptor), 0)
    finally:
        os.close(descriptor)
