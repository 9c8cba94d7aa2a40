"""The C library's calls that Python has no function for."""

from __future__ import annotations

import ctypes
import os

_libc = ctypes.CDLL(None, use_errno=True)
_libc.prctl.argtypes = [ctypes.c_int] + [ctypes.c_ulong] * 4
_libc.syscall.restype = ctypes.c_long


def prctl(option: int, *arguments: int) -> int:
    """`prctl(2)`; raises OSError."""
    padded = (*arguments, 0, 0, 0, 0)[:4]
    return _checked(_libc.prctl(option, *padded))


def syscall(number: int, *arguments: int | bytes | None) -> int:
    """`syscall(2)`, a bytes object goes as its address; raises OSError."""
    return _checked(_libc.syscall(ctypes.c_long(number), *map(_argument, arguments)))


def _argument(value: int | bytes | None) -> object:
    return ctypes.c_long(value) if isinstance(value, int) else ctypes.c_char_p(value)


def _checked(result: int) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return result
