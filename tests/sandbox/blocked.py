"""Runs a command on a machine that forbids things: `python blocked.py WHAT[,WHAT] COMMAND …`.

A system-call filter, inherited by the command, refuses what a container's profile or an old kernel would:
`namespaces` (so bubblewrap cannot work), `landlock`, `seccomp` (no filter can be loaded).
"""

from __future__ import annotations

import errno
import os
import sys
from typing import Any

import pyseccomp

_NEW_USER_NAMESPACE = 0x10000000
_SET_SECCOMP = 22
_LANDLOCK = (444, 445, 446)


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
    elif what == "seccomp":
        rules.add_rule(pyseccomp.ERRNO(errno.EINVAL), "prctl", pyseccomp.Arg(0, pyseccomp.EQ, _SET_SECCOMP))
        rules.add_rule(pyseccomp.ERRNO(errno.EINVAL), "seccomp")
    else:
        sys.exit(f"nothing is known of {what!r}")


if __name__ == "__main__":
    rules = pyseccomp.SyscallFilter(pyseccomp.ALLOW)
    for what in sys.argv[1].split(","):
        block(rules, what)
    rules.load()
    os.execv(sys.argv[2], sys.argv[2:])
