"""The planner: choose dates on a month, see what would happen to each, then start just that."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar, Final

from textual import on
from textual.containers import Horizontal
from textual.types import CSSPathType
from textual.widget import Widget
from textual.widgets import Input

from dli_tui.domain.errors import ConfigurationError, DLIError
from dli_tui.domain.query import BackfillChoice, BackfillScope
from dli_tui.domain.status import WorkflowStatus
from dli_tui.domain.text import safe_line, spelled_out
from dli_tui.present import backfills, parameters, words
from dli_tui.tui import backfilling, late
from dli_tui.tui.breakage import start_worker
from dli_tui.tui.foresight import Foreseen, Foresight
from dli_tui.tui.looks import Looks, Tone
from dli_tui.tui.modals import drafts
from dli_tui.tui.modals.grounds import BackfillAnswer, Grounds
from dli_tui.tui.modals.question import Plan, Question, Send
from dli_tui.tui.plans import MOST_TOLD
from dli_tui.tui.widgets.daterange import DateRange
from dli_tui.tui.widgets.field import Field
from dli_tui.tui.widgets.lines import Piece
from dli_tui.tui.widgets.month import HEIGHT, Chosen, Month
from dli_tui.tui.widgets.options import Options
from dli_tui.tui.widgets.page import Page
from dli_tui.tui.widgets.rowfield import RowField
from dli_tui.tui.widgets.toggle import Toggle

if TYPE_CHECKING:
    from dli_tui.domain.backfill import BackfillPlan
    from dli_tui.domain.ids import RunRef, WorkflowKey
    from dli_tui.present.backfillrows import PlanSheet
    from dli_tui.session.planning import Planning

SETTLE_SECONDS: Final = 0.15
"""Dates that somebody only passes by aren't asked for."""
_LEAST: Final = 3
_ORDERS: Final = ("one by one", "all at once")
_SCOPES: Final = tuple(BackfillScope)


class BackfillQuestion(Question[BackfillAnswer]):
    """Answered with plans; a dry run sends nothing."""

    CSS_PATH: ClassVar[CSSPathType | None] = ["modals.tcss", "backfill.tcss"]
    height_above: ClassVar[int] = 1
    plan_has_keys: ClassVar[bool] = False
    once_done: ClassVar[str] = "The dates stay as they were sent; close this to plan others"

    def __init__(self, plan: Plan, send: Send[BackfillAnswer], grounds: Grounds) -> None:
        super().__init__(plan, send)
        self._first_plan = plan
        self._grounds = grounds
        self._plannings = grounds.plannings
        self._choice = grounds.choice
        self._plans: Mapping[WorkflowKey, BackfillPlan] = {}
        self._foresight = Foresight(grounds.plannings)
        self._tallest = 0
        self._is_unreadable = False
        """Whether the dates as typed are none, so that what was planned before is out of date."""
        self.started: RunRef | None = None
        """The backfill that was begun, for whoever wants to see it go."""
        self.is_whole = False

    # Frame

    def above(self) -> Iterable[Widget]:
        yield DateRange(self._choice.start, self._choice.end, self._grounds.today)

    def middle(self) -> Widget:
        chosen = Chosen(self._choice.start, self._choice.end, self._choice.without)
        return Horizontal(
            Month(chosen, self._grounds.today, self._looks), Page(id="plan"), id="planner"
        )

    def fields(self) -> Iterable[Widget]:
        order = _ORDERS[self._choice.parallel]
        yield Horizontal(
            Options("scope", "which", _SCOPES, self._choice.scope),
            Options("order", "", _ORDERS, order),
            id="how",
        )
        yield RowField("parameters", "parameters", hint='key=value, or {"key": "value"}')
        yield Toggle("dry-run", "dry run: check only, send nothing (space)")

    def on_mount(self) -> None:
        self.watch(self.query_one(Toggle), "on", self.tell_keys, init=False)
        self._look()

    def focus_first(self) -> None:
        self.month.focus()

    @property
    def month(self) -> Month:
        """The days to choose from."""
        return self.query_one(Month)

    @property
    def _looks(self) -> Looks:
        return self.dash.opening.looks

    def more_keys(self) -> Iterable[tuple[str, str]]:
        if self.month.has_focus:
            yield from (("space", "begin/end"), ("x", "leave out"), ("[ ]", "month"))

    def on_descendant_focus(self) -> None:
        self.tell_keys()

    def fit_plan(self, page: Page, room: int) -> int:
        """Let the plan have what room there is; it only grows, so that nothing jumps about."""
        least = max(_LEAST, min(HEIGHT, room))
        self._tallest = max(least, min(room, max(page.count, self._tallest)))
        self.month.styles.height = least
        self.query_one("#planner").styles.height = self._tallest
        page.styles.height = self._tallest
        return self._tallest

    def freeze(self, *, is_frozen: bool) -> None:
        for chooser in (self.query_one(DateRange), self.month, self.query_one("#how")):
            chooser.disabled = is_frozen
        if not is_frozen and self.focused is None:
            self.focus_first()

    # What is chosen

    @on(Month.Changed)
    def _days_chosen(self, message: Month.Changed) -> None:
        chosen = message.chosen
        if chosen.without and not self._grounds.slots:
            self._say(_ONLY_RANGES, Tone.LATE)
            self.month.choose(chosen._replace(without=frozenset()))
            return
        self.query_one(DateRange).put(chosen.start, chosen.end)
        self._is_unreadable = False
        self._choose(start=chosen.start, end=chosen.end, without=chosen.without)

    @on(DateRange.Typed)
    def _days_typed(self, message: DateRange.Typed) -> None:
        start, end = message.start, message.end
        self._is_unreadable = False
        without = frozenset(day for day in self._choice.without if start <= day <= end)
        self.month.choose(Chosen(start, end, without))
        self._choose(start=start, end=end, without=without)

    @on(DateRange.Unreadable)
    def _days_unreadable(self) -> None:
        """Dim what was planned for other dates: none of it can be sent now."""
        if self.is_settled:
            return
        self.workers.cancel_group(self, "planning")
        self._is_unreadable = True
        self.is_whole, self.is_stuck = False, False
        dimmed = [tuple(piece._replace(tone=Tone.MUTED) for piece in line) for line in self._lines]
        self.replan(self._first_plan._replace(lines=dimmed))
        self.tell_keys()

    @on(Options.Changed)
    def _how_chosen(self) -> None:
        scope = BackfillScope(self.query_one("#scope", Options).chosen)
        parallel = self.query_one("#order", Options).chosen == _ORDERS[True]
        problem = self._why_not(scope, parallel=parallel)
        self._say(problem, Tone.LATE)
        if not problem:
            self._choice = self._choice._replace(scope=scope, parallel=parallel)
            self._look()

    def _why_not(self, scope: BackfillScope, *, parallel: bool) -> str:
        if scope is not BackfillScope.ALL and not self._grounds.slots:
            self._put_back("scope", BackfillScope.ALL)
            return _ONLY_RANGES
        if parallel and not self._grounds.parallel:
            self._put_back("order", _ORDERS[False])
            return "This place runs the dates one after the other"
        return ""

    def _put_back(self, name: str, option: str) -> None:
        with self.prevent(Options.Changed):
            self.query_one(f"#{name}", Options).chosen = option

    def _choose(self, *, start: date, end: date, without: frozenset[date]) -> None:
        # Whoever chooses dates of his own no longer means those that he came with.
        self._choice = self._choice._replace(start=start, end=end, without=without, only=None)
        self._look()

    @on(Month.Turned)
    def _turned(self) -> None:
        self._look()

    # What would happen

    def _look(self) -> None:
        """Plan with what is known, and ask for what isn't, once the person rests."""
        if self._is_unreadable:
            return
        if not self._tell() or not self._knows_all:
            self._rest()

    def ask_again(self) -> None:
        self._cannot(_ASKING, tone=Tone.MUTED)
        self._rest()

    def _rest(self) -> None:
        start_worker(self, self._ask, group="planning", exclusive=True)

    @property
    def _in_sight(self) -> tuple[date, date]:
        """The dates that are chosen, and the month that is seen."""
        seen = self.month.bounds
        return min(self._choice.start, seen[0]), max(self._choice.end, seen[1])

    @property
    def _knows_all(self) -> bool:
        return self._is_foretold and all(one.knows(*self._in_sight) for one in self._plannings)

    @property
    def _is_foretold(self) -> bool:
        """Whether the server has said what it would run, where it can be asked."""
        return all(planning.is_foretold(self._choice) for planning in self._plannings)

    async def _ask(self) -> None:
        session = self.dash.bridge.session
        if session is None:
            return
        await session.pace.sleep(SETTLE_SECONDS)
        in_sight, choice = self._in_sight, self._choice

        async def ask(planning: Planning) -> None:
            await planning.look(*in_sight)
            if planning.knows(choice.start, choice.end):
                await planning.foretell(choice)

        await late.each()(self._plannings, ask)
        if not self._tell():
            await self._tell_aside()

    def _tell(self) -> bool:
        """Show the plan as it is now; False where it is too large to be worked out at once."""
        choice, month = self._choice, self.month.bounds
        try:
            if not self._foresight.is_quick(choice, month):
                self._cannot("Working out what would happen …", tone=Tone.MUTED)
                return False
            self._put(self._foresight.foreseen(choice, month))
        except ConfigurationError as problem:
            self._cannot(_told(problem), problem.hint)
        return True

    async def _tell_aside(self) -> None:
        meant = self._choice, self.month.bounds
        seen: Foreseen | ConfigurationError
        try:
            seen = await self._foresight.foreseen_aside(*meant)
        except ConfigurationError as problem:
            seen = problem
        # Meanwhile something smaller may have been chosen, and told at once.
        if meant != (self._choice, self.month.bounds):
            return
        if isinstance(seen, ConfigurationError):
            self._cannot(_told(seen), seen.hint)
        else:
            self._put(seen)

    def _put(self, seen: Foreseen) -> None:
        """Show what is foreseen; it has to be read anew where it is another."""
        if self.is_settled or self._is_unreadable:
            return
        self._plans = seen.plans
        self.month.tell(seen.marks)
        missing = next((one.problem for one in self._plannings if one.problem is not None), None)
        if len(seen.plans) == len(self._plannings) and self._is_foretold:
            self._tell_plan(missing)
        elif missing is None:
            says = _ASKING if len(seen.plans) < len(self._plannings) else _ASKING_SERVER
            self._cannot(says, tone=Tone.MUTED)
        else:
            self._cannot(_told(missing), missing.hint, is_stuck=True)

    def _cannot(
        self, why: str, hint: str = "", tone: Tone = Tone.FAILED, *, is_stuck: bool = False
    ) -> None:
        if self.is_settled or self._is_unreadable:
            return
        lines = [(Piece(safe_line(why), tone),), (Piece(safe_line(hint), Tone.MUTED),)]
        self.is_whole, self.is_stuck = False, is_stuck
        self.replan(self._first_plan._replace(lines=[*lines, *self._first_plan.lines]))

    def _tell_plan(self, missing: DLIError | None) -> None:
        """Show the plan; where something is `missing`, the month says less than there is."""
        session = self.dash.bridge.session
        if session is None:
            return
        sheets = [self._sheet(planning) for planning in self._plannings]
        told = backfilling.told(sheets, self._zone, session.now(), self._looks)
        if missing is not None:
            told.insert(0, backfilling.warning(f"This month can't be told: {_told(missing)}"))
        count = backfilling.starts(sheets)
        first = self._first_plan
        confirm, label = first.confirm, first.confirm_label
        if backfilling.wants_count(sheets) and str(count) not in confirm.split():
            said = [label.removesuffix(f": type {confirm}"), words.plural(count, "run")]
            confirm = f"{confirm} {count}".strip()
            label = f"{', '.join(filter(None, said))}: type {confirm}"
        self.is_whole, self.is_stuck = count > 0 and not self._has_unasked, False
        self.replan(
            first._replace(
                lines=[*told, *first.lines],
                verb=f"start {words.plural(count, 'run')}",
                confirm=confirm,
                confirm_label=label,
            )
        )

    @property
    def _has_unasked(self) -> bool:
        """Whether a server would run what was left out."""
        return any(plan.unasked for plan in self._plans.values())

    def _sheet(self, planning: Planning) -> PlanSheet:
        startable = planning.row is not None and planning.row.status is WorkflowStatus.ACTIVE
        most = MOST_TOLD if len(self._plannings) == 1 else 0
        return backfills.plan_sheet(self._plans[planning.key], startable=startable, most=most)

    @property
    def _zone(self) -> str:
        """The zone in which an end is told: the schedule's, or UTC for several."""
        zones = {plan.timezone for plan in self._plans.values()}
        return zones.pop() if len(zones) == 1 else "UTC"

    # What was chosen before

    def drafted(self) -> dict[str, str]:
        found = super().drafted()
        if not found and self._choice == self._grounds.choice:
            return {}
        return {**found, **drafts.choice_kept(self._choice)}

    def restore(self, draft: Mapping[str, str]) -> bool:
        found = super().restore({key: draft[key] for key in draft if key not in _OF_CHOICE})
        choice = drafts.choice_of(draft)
        if choice is None or not self._can_be(choice):
            return found
        self._choice = choice
        self.query_one(DateRange).put(choice.start, choice.end)
        self.month.choose(Chosen(choice.start, choice.end, choice.without))
        self._put_back("scope", choice.scope)
        self._put_back("order", _ORDERS[choice.parallel])
        self._look()
        return True

    def _can_be(self, choice: BackfillChoice) -> bool:
        """Whether a choice is one of this place, and the planner wasn't opened about others."""
        grounds = self._grounds
        fits = (grounds.slots or choice.is_plain) and (grounds.parallel or not choice.parallel)
        return fits and grounds.choice.only is None

    # Answering

    @property
    def verb(self) -> str:
        verb = super().verb
        return f"check, don't {verb}" if self.query_one(Toggle).on else verb

    def stays(self, answer: BackfillAnswer) -> bool:
        return answer.dry_run

    @on(Input.Changed, "#field-parameters Input")
    def _check(self) -> None:
        self._read()

    def answer(self) -> BackfillAnswer | None:
        found = self._read()
        if found is None or self.query_one(DateRange).range is None:
            return None
        return BackfillAnswer(dict(self._plans), found, self.query_one(Toggle).on)

    def _read(self) -> dict[str, Any] | None:
        """The parameters as typed, or None and a complaint at the field."""
        field = self.query_one("#field-parameters", Field)
        found, problems = parameters.parse(field.value)
        if problems:
            field.complain(problems[0].message)
            return None
        shown = spelled_out(json.dumps(found, ensure_ascii=False)) if found else ""
        field.remark(f"sends {shown} with each run" if shown else "")
        return found

    def say_why_not(self) -> None:
        if self._is_unreadable:
            self._say("Nothing is planned: correct the dates", Tone.LATE)
        elif self._has_unasked:
            self._say("That would run what you left out: choose other dates", Tone.LATE)
        elif self._plans:
            self._say("Nothing would run: choose other dates, or which of them", Tone.LATE)

    def went_well(self) -> None:
        if self.started is not None and len(self._plannings) == 1:
            self.dash.open_backfill(self.started, self._plannings[0].key.name)


def _told(problem: DLIError) -> str:
    return f"[{problem.code}] {problem.message}"


_ASKING: Final = "Asking for the runs of these dates …"
_ASKING_SERVER: Final = "Asking the server which of these dates it would run …"
_OF_CHOICE: Final = frozenset({"scope", "order", drafts.CHOICE})
_ONLY_RANGES: Final = "This server takes a whole range: single dates can't be left out"
