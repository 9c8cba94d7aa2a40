"""One thread a process: graders and workers share the processors, and numpy's own threads would only wait for them."""

from __future__ import annotations

ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
"""Environment of a process in which numpy computes with one thread."""
