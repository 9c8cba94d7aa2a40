"""Why a protection does not work on this machine, and the one thing to change."""

from __future__ import annotations

import errno
import os
from pathlib import Path

from autograder.sandbox import places

_SETTINGS = Path("/proc/sys")
_CREATE_RULESET, _VERSION_FLAG = 444, 1
_CONTAINER_MARKS = ("/.dockerenv", "/run/.containerenv")
_FILTERED = "2"
_ENTER = 0o001

INSTALL_BUBBLEWRAP = "apt install bubblewrap"
_NEWER_BUBBLEWRAP = "install a newer bubblewrap: this one lacks an option"
_MORE_NAMESPACES = "sysctl user.max_user_namespaces=15000"
_UNPRIVILEGED = "sysctl kernel.unprivileged_userns_clone=1"
_APPARMOR = "sysctl kernel.apparmor_restrict_unprivileged_userns=0, or an AppArmor profile for bwrap"
_IN_KUBERNETES = "in the pod's securityContext: seccompProfile: {type: Unconfined}, which permits user namespaces"
_IN_CONTAINER = (
    "start the container with --security-opt seccomp=unconfined (where there is AppArmor, also apparmor=unconfined),"
    " which permits user namespaces"
)
_FILTER_HERE = (
    "let user namespaces through the system-call filter that this runs under"
    " (a container: --security-opt seccomp=unconfined)"
)
_NAMESPACES = "permit user namespaces: a kernel with CONFIG_USER_NS, a security profile that lets bwrap use them"
_BROKEN_BUBBLEWRAP = "apt install --reinstall bubblewrap; `bwrap --ro-bind / / true` has to end without a word"

_NEW_KERNEL = "use Linux 5.13 or later; in a container, a security profile that permits landlock_create_ruleset"
_SWITCHED_ON = "add landlock to the boot parameter lsm= (Linux 5.13 or later)"

_INSTALL_FILTER = "pip install 'nn-autograder[instructor]'"
_INSTALL_LIBRARY = "apt install libseccomp2"
_KERNEL_FILTER = "use a kernel with CONFIG_SECCOMP_FILTER, and a container that permits prctl(PR_SET_SECCOMP)"

_CAPABILITIES = "start the container with --cap-add SETUID --cap-add SETGID, or grade as an ordinary user"
_TEMPORARY = "let every user write to the temporary folder (chmod 1777 /tmp), or grade as an ordinary user"
_OPEN_FOLDERS = "let every user read the folders of Python and of this package, or grade as an ordinary user"
_NOT_PERMITTED = ("Operation not permitted", "Invalid argument")


def bubblewrap(reason: str) -> str:
    """Return what to change where bubblewrap is there and did not work for this reason."""
    if "nknown option" in reason:
        return _NEWER_BUBBLEWRAP
    if "ENOSPC" in reason or _setting("user/max_user_namespaces") == "0":
        return _MORE_NAMESPACES
    if _setting("kernel/unprivileged_userns_clone") == "0":
        return _UNPRIVILEGED
    if not _is_about_namespaces(reason):
        return _BROKEN_BUBBLEWRAP
    restricted = _setting("kernel/apparmor_restrict_unprivileged_userns") == "1"
    if restricted and ("uid map" in reason or not _in_container()):
        return _APPARMOR
    if "KUBERNETES_SERVICE_HOST" in os.environ:
        return _IN_KUBERNETES
    if _in_container():
        return _IN_CONTAINER
    return _FILTER_HERE if _is_filtered() else _NAMESPACES


def landlock() -> tuple[str, str]:
    """Return why there is no Landlock, and what to change."""
    from autograder.sandbox.inside.kernel import syscall

    try:
        syscall(_CREATE_RULESET, None, 0, _VERSION_FLAG)
    except OSError as error:
        if error.errno == errno.EOPNOTSUPP:
            return "Landlock is switched off in this kernel", _SWITCHED_ON
        return f"this kernel ({os.uname().release}) or container has no Landlock", _NEW_KERNEL
    return "Landlock is there, but its rules were refused", _NEW_KERNEL


def system_call_filter(reason: str) -> str:
    """Return what to change where there is no system-call filter for this reason."""
    if "pyseccomp is not installed" in reason:
        return _INSTALL_FILTER
    return _KERNEL_FILTER if "the kernel" in reason else _INSTALL_LIBRARY


def own_user(reason: str) -> str:
    """Return what to change where root could not start workers as another user for this reason."""
    if any(text in reason for text in _NOT_PERMITTED):
        return _CAPABILITIES
    if "temporary directory" in reason:
        return _TEMPORARY
    closed = closed_folder()
    return f"{_OPEN_FOLDERS} ({closed} is closed to others)" if closed else _OPEN_FOLDERS


def closed_folder() -> Path | None:
    """Return the first folder on the way to Python or to this package that other users may not enter."""
    for place in (places.interpreter(), places.BOOT, *places.libraries()):
        for folder in reversed(place.parents):
            if not folder.stat().st_mode & _ENTER:
                return folder
    return None


def _is_about_namespaces(reason: str) -> bool:
    return any(word in reason for word in ("namespace", "uid map", "RTM_NEW", "mount", "slave", "ermi"))


def _in_container() -> bool:
    return "KUBERNETES_SERVICE_HOST" in os.environ or any(Path(mark).exists() for mark in _CONTAINER_MARKS)


def _is_filtered() -> bool:
    """Tell whether a system-call filter is in force for this process."""
    try:
        lines = Path("/proc/self/status").read_text().splitlines()
    except OSError:
        return False
    return any(line.split() == ["Seccomp:", _FILTERED] for line in lines)


def _setting(name: str) -> str:
    try:
        return (_SETTINGS / name).read_text().strip()
    except OSError:
        return ""
