"""The latest runs of a DAG, packed: as models those of ten thousand DAGs take 100 MB and more."""

from __future__ import annotations

import pickle
import zlib
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from dli_tui.domain.run import WorkflowRun


class Latest(NamedTuple):
    """The runs of one DAG, newest first; a row needs no more than what is at hand."""

    newest: WorkflowRun | None
    active: int
    """How many of them are under way."""
    packed: bytes
    """All but the newest; whoever sees the row asks for them."""

    @classmethod
    def of(cls, runs: Sequence[WorkflowRun]) -> Latest:
        """These, newest first."""
        older = pickle.dumps([tuple(run.__dict__.values()) for run in runs[1:]])
        active = sum(run.status.is_running for run in runs)
        return cls(runs[0] if runs else None, active, zlib.compress(older, level=1))

    @property
    def runs(self) -> tuple[WorkflowRun, ...]:
        """All of them as they were."""
        if self.newest is None:
            return ()
        older = pickle.loads(zlib.decompress(self.packed))  # noqa: S301 - it is made above
        fields = self.newest.__dict__.keys()
        return (
            self.newest,
            *(self.newest.twin(**dict(zip(fields, told, strict=True))) for told in older),
        )
