"""What is known of the workflows there: by id, and by the name that each goes by here.

Ids are the service's, names are people's, and two workflows may bear the same. Such a one goes by
its name with its id behind it; the bare name alone means neither, and is refused with the ids. So
does one whose name looks like the id of another: `#7` is never a name.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from dli_tui.backends.pyairtable.convert import Told
from dli_tui.domain.errors import WorkflowExecutionError, WorkflowNotFoundError
from dli_tui.domain.ids import BY_ID
from dli_tui.domain.schedule import next_fire
from dli_tui.domain.status import WorkflowStatus
from dli_tui.domain.text import safe_line

if TYPE_CHECKING:
    from dli_tui.domain.run import WorkflowRun
    from dli_tui.domain.workflow import WorkflowInfo

KEPT: Final = 10
"""So many of its last runs are kept of each."""
_SHOWN: Final = 200
_MOST_KNOWN: Final = 20_000
_PATIENCE: Final = 5
"""So often a run that was started from here may be missing where it should be told."""
_MAY_BE_LATE: Final = timedelta(seconds=40)
"""So long after its time a scheduled run may begin, or be told."""
_LONG_AGO: Final = datetime(1970, 1, 1, tzinfo=UTC)
_FOR_QUIET: Final = 2
"""Of those to ask for, so many places are kept for workflows that seem to rest."""


class Book:
    """Workflows and their last runs, as they were last told."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._told: dict[str, Told] = {}
        self._runs: dict[str, tuple[WorkflowRun, ...]] = {}
        self._names: dict[str, str] = {}
        self._by_name: dict[str, list[str]] = {}
        self._owners: dict[str, str] = {}
        """Whose an execution is, as far as one was seen."""
        self._stale: dict[str, None] = {}
        """Those that have run since their last runs were asked for, in order."""
        self._written: dict[str, int] = {}
        """Those to which something was just done from here, and how often they were asked for."""
        self._started: dict[str, WorkflowRun] = {}
        """A run that was started from here and that no answer has told of yet."""
        self._order: dict[str, None] = {}
        """Those whose last runs were asked for, the latest last."""
        self._starts: dict[str, datetime] = {}
        """When the schedule of each starts a run that isn't known yet."""
        self._shown: dict[str, str] = {}
        """Which id stood behind a name when a list was shown."""
        self.torn: tuple[WorkflowInfo, ...] = ()
        """Rows of the list that can't be read."""
        self.is_whole = False
        """Whether the list was read to its end once."""

    @property
    def ids(self) -> tuple[str, ...]:
        """All that are known, in the service's order."""
        return tuple(self._told)

    def take(self, told: Iterable[Told], *, whole: bool = False) -> list[str]:
        """Know these; `whole`: and no others. The ids of those that have run since, or are new."""
        found = {one.id: one for one in told}
        moved = [
            one.id
            for one in found.values()
            if one.id not in self._told or self._told[one.id].moved != one.moved
        ]
        self._told = found if whole else {**self._told, **found}
        self.is_whole = self.is_whole or whole
        # Whoever reads the list, the poll after it has to know.
        self._stale |= dict.fromkeys(moved)
        if whole:
            self._runs = {key: runs for key, runs in self._runs.items() if key in found}
            self._stale = {key: None for key in self._stale if key in found}
            self._written = {key: n for key, n in self._written.items() if key in found}
            self._order = {key: None for key in self._order if key in found}
            self._starts = {key: at for key, at in self._starts.items() if key in found}
        self._name_all()
        return moved

    def drop(self, own_id: str) -> None:
        """It is gone."""
        self._told.pop(own_id, None)
        self._runs.pop(own_id, None)
        self._stale.pop(own_id, None)
        self._written.pop(own_id, None)
        self._name_all()

    def _name_all(self) -> None:
        self._by_name = {}
        for one in self._told.values():
            self._by_name.setdefault(one.name, []).append(one.id)
        self._names = {one.id: self._name(one) for one in self._told.values()}

    def _name(self, one: Told) -> str:
        is_another_id = one.name.startswith(BY_ID) and one.name != f"{BY_ID}{one.id}"
        if len(self._by_name[one.name]) == 1 and not is_another_id:
            return one.name
        longer = _longer(one)
        return f"{BY_ID}{one.id}" if longer in self._by_name else longer

    def name(self, own_id: str) -> str:
        """What it goes by here."""
        return self._names.get(own_id, f"{BY_ID}{own_id}")

    def means(self, own_id: str, address: str) -> bool:
        """Whether an address, perhaps one from before others came or went, means that one."""
        one = self._told.get(own_id)
        names = () if one is None else (one.name, _longer(one))
        return address in (self.name(own_id), f"{BY_ID}{own_id}", *names)

    def id_of(self, address: str) -> str | None:
        """The id that an address means, as far as it is known; refused where it means several."""
        if address.startswith(BY_ID) and address[len(BY_ID) :] in self._told:
            return address[len(BY_ID) :]
        bearers = [] if address.startswith(BY_ID) else self._by_name.get(address, [])
        if len(bearers) > 1:
            raise _several(address, bearers)
        if bearers:
            return bearers[0]
        # Good also when the other bearer of the name is gone.
        own_id = address.rpartition(f" {BY_ID}")[2]
        one = self._told.get(own_id)
        return own_id if one is not None and address == _longer(one) else None

    def require_id(self, address: str) -> str:
        """The same; DLI-800 where it means none."""
        found = self.id_of(address)
        if found is None:
            raise WorkflowNotFoundError(dataset_name=address)
        return found

    def show(self, rows: Iterable[WorkflowInfo]) -> None:
        """These are what a person sees from now on."""
        self._shown = {row.dataset_name: row.workflow_id or "" for row in rows}

    def require_shown(self, address: str, own_id: str) -> None:
        """Refuse, once, what would be done to another than the one that was shown by that name."""
        shown = self._shown.get(address)
        if shown in (None, own_id):
            return
        self._shown[address] = own_id
        told = safe_line(address, _SHOWN)
        raise WorkflowExecutionError(
            f"'{told}' is another workflow now than the one that was shown: "
            f"{_by_ids([own_id])} instead of {_by_ids([shown or ''])}",
            dataset_name=address,
            hint="Nothing was sent. Look at it, and do it again if that one is meant.",
        )

    def info(self, own_id: str) -> WorkflowInfo:
        """Its row, with its last run; DLI-800 where it is gone."""
        if own_id not in self._told:
            raise WorkflowNotFoundError(dataset_name=f"{BY_ID}{safe_line(own_id, _SHOWN)}")
        return self.row(self._told[own_id])

    def row(self, one: Told) -> WorkflowInfo:
        """The row of one that was just told, wherever the list stands meanwhile."""
        name, runs = self._names.get(one.id, one.name), self._runs.get(one.id, ())
        return one.info.twin(
            dataset_name=name,
            last_run=runs[0] if runs else None,
            last_run_known=one.id in self._runs,
        )

    def infos(self) -> Iterator[WorkflowInfo]:
        """All rows."""
        yield from map(self.row, self._told.values())
        yield from self.torn

    # Runs

    def runs(self, own_id: str) -> tuple[WorkflowRun, ...] | None:
        """Its last runs, newest first; None where nobody asked yet."""
        return self._runs.get(own_id)

    def keep(self, own_id: str, runs: Sequence[WorkflowRun]) -> None:
        """Its last runs are these, and one that was started from here until it is among them."""
        self._stale.pop(own_id, None)
        started, tries = self._started.get(own_id), self._written.get(own_id, 0)
        known = {run.run_id for run in runs}
        if started is None or started.run_id in known or tries >= _PATIENCE:
            self._started.pop(own_id, None)
            self._written.pop(own_id, None)
        else:
            self._written[own_id] = tries + 1
            runs = (started, *runs)
        self._runs[own_id] = tuple(runs[:KEPT])
        self.asked(own_id)
        self.own(own_id, runs)

    def start(self, own_id: str, run: WorkflowRun) -> None:
        """A run was started from here: it is the last one before any answer tells of it."""
        self.write(own_id)
        self._started[own_id] = run
        self._runs[own_id] = (run, *self._runs.get(own_id, ()))[:KEPT]
        self.own(own_id, [run])

    def write(self, own_id: str) -> None:
        """Something was done to it from here: its last runs are asked for first."""
        self._written[own_id] = 0

    def asked(self, own_id: str) -> None:
        """Its last runs were asked for, whatever came of it: others are next."""
        self._order.pop(own_id, None)
        self._order[own_id] = None
        self._starts.pop(own_id, None)
        one, runs = self._told.get(own_id), self._runs.get(own_id)
        if one is not None and one.info.status is WorkflowStatus.ACTIVE:
            last = max((run.place for run in runs or () if run.place), default=_LONG_AGO)
            after = max(last, self._now() - _MAY_BE_LATE)
            # No service tells in which zone its schedules are; a wrong guess costs a request.
            start = next_fire(one.info.cron, one.info.timezone or "UTC", after)
            if start is not None:
                self._starts[own_id] = start

    def own(self, own_id: str, runs: Iterable[WorkflowRun]) -> None:
        """Remember whose executions these are."""
        if len(self._owners) > _MOST_KNOWN:
            self._owners.clear()
        self._owners.update((run.run_id, own_id) for run in runs)

    def owner(self, run_id: str) -> str | None:
        """Whose an execution is."""
        return self._owners.get(run_id)

    def due(self, most: int, *, moved: int, quiet: int = 0) -> list[str]:
        """Whose last runs to ask for, at most so many, and so many of those that seem to rest.

        What was done from here comes first, then whatever has `moved` by its counters (more of
        these, as rows are known to be wrong without), what its schedule has started, what is
        under way, and what nobody asked for yet. A run that somebody else started shows in none
        of these, so a few others have a turn.
        """
        stale = (own_id for own_id in self._stale if own_id in self._runs)
        told = list(dict.fromkeys([*self._written, *stale]))[:moved]
        order = {own_id: place for place, own_id in enumerate(self._order)}
        unknown = [own_id for own_id in self._told if own_id not in self._runs]
        unknown.sort(key=lambda own_id: (own_id in order, not self._told[own_id].info.enabled))
        going = sorted(self.under_way(), key=lambda own_id: order.get(own_id, -1))
        now = self._now()
        begun = [own_id for own_id, start in self._starts.items() if start <= now]
        begun.sort(key=lambda own_id: order.get(own_id, -1))
        busy = [one for one in dict.fromkeys([*begun, *going, *unknown]) if one not in told]
        resting = self._told.keys() - {*told, *busy}
        left = max(0, most - len(told))
        busy = busy[: max(0, left - min(_FOR_QUIET, quiet, len(resting)))]
        room = min(quiet, left - len(busy))
        by_turn = heapq.nsmallest(room, resting, key=lambda own_id: order.get(own_id, -1))
        return [*told, *busy, *by_turn]

    def is_fresh(self, own_id: str) -> bool:
        """Whether nothing says that its last runs are others by now than those that are known."""
        runs = self._runs.get(own_id)
        is_told = own_id not in self._stale and own_id not in self._written
        return runs is not None and is_told

    def under_way(self) -> list[str]:
        """Those whose last run is under way, or of which nobody knows whether it is."""
        return [
            own_id for own_id, runs in self._runs.items() if runs and not runs[0].status.is_terminal
        ]


def _longer(one: Told) -> str:
    """The address of one whose name alone doesn't tell it."""
    return f"{one.name} {BY_ID}{one.id}"


def _by_ids(ids: Sequence[str]) -> str:
    return safe_line(", ".join(f"{BY_ID}{one}" for one in ids), _SHOWN)


def _several(name: str, ids: Sequence[str]) -> WorkflowExecutionError:
    return WorkflowExecutionError(
        f"'{safe_line(name, _SHOWN)}' is the name of several workflows",
        dataset_name=name,
        hint=f"Say which by its id: {_by_ids(ids)}",
    )
