"""Runs a command on a machine that forbids things: `python blocked.py WHAT[,WHAT] COMMAND …`.

A system-call filter, inherited by the command, refuses what a container's profile or an old kernel would:
`namespaces` (so bubblewrap cannot work), `landlock` (switched off), `old kernel` (without Landlock), `old landlock`
(which says that it is version 1), `quota` (a file
system that is mounted stays as it is, so the number of files cannot be limited), `seccomp` (no filter can be loaded).
"""

from __future__ import annotations

import contextlib
import errno
import os
import sys
import threading
from typing import Any

import pyseccomp

_NEW_USER_NAMESPACE = 0x10000000
_SET_SECCOMP = 22
_REMOUNT, _BIND = 32, 4096
_LANDLOCK = (444, 445, 446)
_ASK_VERSION = 1


def block(rules: Any, what: str) -> None:
    """Add the rules that refuse it."""
    refuse = pyseccomp.ERRNO(errno.EPERM)
    if what == "namespaces":
        for name in ("unshare", "mount", "pivot_root", "setns"):
            rules.add_rule(refuse, name)
        rules.add_rule(refuse, "clone", pyseccomp.Arg(0, pyseccomp.MASKED_EQ, _NEW_USER_NAMESPACE, _NEW_USER_NAMESPACE))
        rules.add_rule(pyseccomp.ERRNO(errno.ENOSYS), "clone3")
    elif what == "landlock":
        for number in _LANDLOCK:
            rules.add_rule(pyseccomp.ERRNO(errno.EOPNOTSUPP), number)
    elif what == "old kernel":
        for number in _LANDLOCK:
            rules.add_rule(pyseccomp.ERRNO(errno.ENOSYS), number)
    elif what == "old landlock":
        rules.add_rule(pyseccomp.NOTIFY, _LANDLOCK[0], pyseccomp.Arg(2, pyseccomp.EQ, _ASK_VERSION))
    elif what == "quota":
        rules.add_rule(refuse, "mount", pyseccomp.Arg(3, pyseccomp.MASKED_EQ, _REMOUNT | _BIND, _REMOUNT))
    elif what == "seccomp":
        rules.add_rule(pyseccomp.ERRNO(errno.EINVAL), "prctl", pyseccomp.Arg(0, pyseccomp.EQ, _SET_SECCOMP))
        rules.add_rule(pyseccomp.ERRNO(errno.EINVAL), "seccomp")
    else:
        sys.exit(f"nothing is known of {what!r}")


def run_and_answer(rules: Any, command: list[str]) -> int:
    """Run the command, say "version 1" whenever it asks for Landlock's, and return its exit status."""
    child = os.fork()
    if not child:
        os.execv(command[0], command)
    threading.Thread(target=say_version_one, args=(rules,), daemon=True).start()
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def say_version_one(rules: Any) -> None:
    while True:
        with contextlib.suppress(OSError):  # whoever asked has died
            question = rules.receive_notify()
            rules.respond_notify(pyseccomp.NotificationResponse(error=0, flags=0, id=question.id, val=1))


if __name__ == "__main__":
    rules = pyseccomp.SyscallFilter(pyseccomp.ALLOW)
    asked_for = sys.argv[1].split(",")
    for what in asked_for:
        block(rules, what)
    rules.load()
    if "old landlock" in asked_for:
        sys.exit(run_and_answer(rules, sys.argv[2:]))
    os.execv(sys.argv[2], sys.argv[2:])
