"""How much a submission may use."""

from __future__ import annotations

from typing import Annotated

import msgspec

Seconds = Annotated[float, msgspec.Meta(gt=0)]
_PositiveWhole = Annotated[int, msgspec.Meta(gt=0)]


class Limits(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What one submission may use: seconds of a call, a cell and the whole; memory in MB; text output in kB.

    Seconds are measured by the grader's clock, but for `training_seconds`: the processor time of a call that trains a
    model, in a test marked `training`. `memory_mb` is what a submission may add to an empty notebook.
    `output_kb` is the text that is kept of one cell; what is beyond is counted and dropped.
    """

    call_seconds: Seconds = 5.0
    cell_seconds: Seconds = 20.0
    training_seconds: Seconds = 60.0
    submission_seconds: Seconds = 120.0
    memory_mb: _PositiveWhole = 1024
    output_kb: _PositiveWhole = 256

    def __post_init__(self) -> None:
        for field in self.__struct_fields__:
            value = getattr(self, field)
            if not 0 < value < float("inf"):
                raise ValueError(f"`{field}` is {value}: a limit must be a number above zero")
