"""The memory of other processes, read from outside: every mapped file, every byte that can be read. Needs root."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from tests.attack_table.canaries import PIECE, forms

_LINE = re.compile(r"([0-9a-f]+)-([0-9a-f]+) (\S+) \S+ \S+ (\d+) *(.*)")
_CHUNK = 16 << 20
_OVERLAP = 1024
_RUN = re.compile(rb"[A-Za-z0-9]{%d,}" % PIECE)


def mapped_files(pid: int) -> set[str]:
    """Return the paths of all files that are mapped into a process."""
    return {path for _, _, _, inode, path in _areas(pid) if inode != "0"}


def found(pid: int, words: Mapping[str, str]) -> set[str]:
    """Return the places whose word, or half of it, stands somewhere in the memory of a process, in any form.

    Zero bytes are left out, so that wide characters are found as well; of the rest all longer runs of letters and
    digits are searched.
    """
    seen: set[bytes] = set()
    for chunk in _contents(pid):
        seen.update(_RUN.findall(chunk.translate(None, b"\0")))
    runs = b"\n".join(seen)
    return {place for place, word in words.items() if any(form in runs for form in _forms(word))}


def _forms(word: str) -> Iterator[bytes]:
    for start in range(0, len(word), PIECE):
        yield from (form.encode() for form in forms(word[start : start + PIECE]).values())


def holds(pid: int, data: bytes) -> bool:
    """Tell whether `data` stands somewhere in the memory of a process."""
    return any(data in chunk for chunk in _contents(pid))


def _areas(pid: int) -> Iterator[tuple[int, int, str, str, str]]:
    for line in Path(f"/proc/{pid}/maps").read_text().splitlines():
        if match := _LINE.fullmatch(line):
            start, end, permissions, inode, path = match.groups()
            yield int(start, 16), int(end, 16), permissions, inode, path


def _contents(pid: int) -> Iterator[bytes]:
    """Yield all that can be read, in pieces that overlap a little."""
    with Path(f"/proc/{pid}/mem").open("rb", buffering=0) as memory:
        for start, end, permissions, _, _ in _areas(pid):
            for position in range(start, end, _CHUNK - _OVERLAP) if permissions.startswith("r") else ():
                try:
                    memory.seek(position)
                    yield memory.read(min(_CHUNK, end - position))
                except (OSError, OverflowError):  # the kernel's own pages
                    break
