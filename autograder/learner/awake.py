"""Time in which this process could run: what passes while it is stopped (Ctrl-Z, `kill -STOP`) does not count."""

from __future__ import annotations

import time


class Awake:
    """A clock that somebody looks at every `every` seconds.

    A look that comes later than that shows a stop, but for the processor time that was used meanwhile: then other code
    held the looking thread up.
    """

    def __init__(self, every: float) -> None:
        self._every = every
        self._stopped = 0.0
        self._now, self._used = time.monotonic(), time.process_time()

    def look(self) -> None:
        """Read the clock."""
        now, used = time.monotonic(), time.process_time()
        self._stopped += max(now - self._now - self._every - (used - self._used), 0.0)
        self._now, self._used = now, used

    def seen(self) -> float:
        """Return the time of the last look, in seconds: no stop can lie between it and the look."""
        return self._now - self._stopped

    def now(self) -> float:
        """Return the time in seconds; a stop since the last look is still in it, so it is never too early."""
        return time.monotonic() - self._stopped
