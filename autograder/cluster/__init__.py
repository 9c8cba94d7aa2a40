"""Grading on other machines: the same requests, answered by graders that Dask workers keep."""

from __future__ import annotations

import importlib.util

from autograder.course import Course
from autograder.errors import AutograderError
from autograder.pool import Pool


def pool_at(address: str, course: Course, assignment: str, *, unsafe: bool) -> Pool:
    """Return the pool of the Dask workers at `address`: a scheduler's address, or the name of its `.json` file.

    Raises AutograderError where there is no address, Dask is not installed, or no scheduler answers.
    """
    if not address.strip():
        msg = "--dask has no address; give tcp://HOST:PORT, or the file that the scheduler has written"
        raise AutograderError(msg)
    if importlib.util.find_spec("distributed") is None:
        msg = "--dask needs Dask, which is not installed here: pip install 'nn-autograder[dask]'"
        raise AutograderError(msg)
    from autograder.cluster.dask_pool import DaskPool

    return DaskPool(address, course, assignment, unsafe=unsafe)
