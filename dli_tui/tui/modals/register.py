"""Register: a dataset of the project, its schedule, and what would be overwritten.

The plan follows what is typed, so it has to be read anew after the last letter. Files are read
by the session, a moment after a name rests; what was read then is what is sent.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Final

from rich.cells import cell_len
from textual import on
from textual.containers import Horizontal
from textual.widget import Widget
from textual.widgets import Input

from dli_tui.domain import rules
from dli_tui.domain.cron import CronProblem, InvalidCronError, fields_of
from dli_tui.domain.errors import DatasetNotFoundError, DLIError, ErrorCode
from dli_tui.domain.ids import WorkflowKey, why_not_a_name
from dli_tui.domain.query import Registration
from dli_tui.domain.schedule import RetryConfig, ScheduleConfig, next_fires
from dli_tui.domain.status import SourceType
from dli_tui.present import completing, crons, facts, fires, registrations, words
from dli_tui.specs.errors import SpecError
from dli_tui.tui import late, registering
from dli_tui.tui.breakage import start_worker
from dli_tui.tui.deeds import once
from dli_tui.tui.looks import Tone
from dli_tui.tui.modals.question import Question
from dli_tui.tui.registering import Wanted
from dli_tui.tui.widgets.completing import CompletingField
from dli_tui.tui.widgets.page import Page
from dli_tui.tui.widgets.rowfield import RowField
from dli_tui.tui.widgets.toggle import Toggle

if TYPE_CHECKING:
    from dli_tui.domain.workflow import WorkflowInfo
    from dli_tui.present.registrations import Standing
    from dli_tui.session.project import Found
    from dli_tui.session.session import Session
    from dli_tui.tui.opening import Where

REST_SECONDS: Final = 0.2
"""So long a name has to stand before its file is read: not after each letter of it."""
_FIRES: Final = 5
_NEAR: Final = 3
_MOST_DIGITS: Final = 6
_NO_PROJECT: Final = "Start dli-tui in your project, or name its folder in the profile: project"
_COLUMNS: Final = ("-wide", "-ultra")
"""Where the plan stands beside the form."""


class RegisterQuestion(Question[Registration]):
    """Answered with a registration, made of the form and of the spec that was read."""

    def __init__(self, session: Session, where: Where) -> None:
        super().__init__(registering.plan(Wanted(), where), once("registration", self._register))
        self._session, self._where = session, where
        self._project_problem: DLIError | None = None
        self._known: Sequence[str] = ()
        """The datasets of the project, once they are listed."""
        self._zones: frozenset[str] = frozenset()
        self._dataset = ""
        """The name whose spec was read, or is being read."""
        self._found: Found | None = None
        self._missing: DLIError | None = None
        self._read: Standing | None = None
        """What would be overwritten, as the plan says."""
        self._made = WorkflowKey("")

    # Frame

    def fields(self) -> Iterable[Widget]:
        sign = self.dash.opening.looks.signs.cursor
        yield CompletingField("dataset", "dataset", hint="a dataset of the project", sign=sign)
        yield RowField("cron", "cron", hint="minute hour day month weekday, or none: by hand only")
        yield CompletingField("zone", "zone", value="UTC", hint="Asia/Seoul", sign=sign)
        with Horizontal(id="retries"):
            yield RowField("attempts", "tries", value="1")
            yield RowField("delay", "seconds between", value="300")
        yield Toggle("enabled", "enabled: fires from the start", on=True)
        yield Toggle("force", "force: overwrite what is registered", kept=False)

    def on_mount(self) -> None:
        for toggle in self.query(Toggle):
            self.watch(toggle, "on", self._retell, init=False)
        start_worker(self, self._look_around, group="asking")
        self._retell()

    async def _look_around(self) -> None:
        """Find out what can be completed."""
        rows = self._session.workflows.rows.values()
        code = {row.dataset_name for row in rows if row.source_type is SourceType.CODE}
        manual = {row.dataset_name for row in rows} - code
        registered = sorted(name for name in manual if why_not_a_name(name) is None)
        self._offer(self._session.project.names, registered)
        try:
            self._offer(await self._session.project.look(), registered)
        except DLIError as problem:
            self._project_problem = problem
        zones = await self._session.zones()
        self._zones = frozenset(zones)
        self._completing("zone").offer(zones)
        self._retell()

    def _offer(self, datasets: Sequence[str], registered: Sequence[str]) -> None:
        self._known = datasets
        there = set(registered)
        field = self._completing("dataset")
        field.offer(datasets, lambda name: "registered" if name in there else "")

    def fit_plan(self, page: Page, room: int) -> int:
        if not any(self.has_class(one) for one in _COLUMNS):
            return super().fit_plan(page, room)
        page.styles.height = "100%"
        return page.size.height

    # What is typed

    @on(Input.Changed)
    def _typed(self) -> None:
        if self._value("dataset") != self._dataset:
            self._name_typed(self._value("dataset"))
        self._retell()

    def on_descendant_blur(self) -> None:
        # A part of a name is wrong once nobody is about to complete it.
        self._retell()

    def _name_typed(self, name: str) -> None:
        """Read the spec of the name that stands there, as soon as it rests."""
        self._dataset, self._found, self._missing = name, None, None
        self.workers.cancel_group(self, "spec")
        # It was said of another one.
        self.query_one("#force", Toggle).on = False
        self.is_whole = why_not_a_name(name) is not None or self._owned() is not None
        if not self.is_whole:
            start_worker(self, self._read_spec, name, group="spec")

    async def _read_spec(self, name: str) -> None:
        await self._session.pace.sleep(REST_SECONDS)
        try:
            self._found = await self._session.project.spec(name)
        except DLIError as problem:
            self._missing = problem
        else:
            self._prefill(self._found.spec.spec.schedule_config)
        self.is_whole = True
        self._retell()
        self.tell_keys()

    def _prefill(self, schedule: ScheduleConfig) -> None:
        """What nobody typed is as the spec has it."""
        self._field("cron").prefill(schedule.cron or "")
        self._field("zone").prefill(schedule.timezone)
        self._field("attempts").prefill(str(schedule.retry.max_attempts))
        self._field("delay").prefill(str(schedule.retry.delay_seconds))
        self.query_one("#enabled", Toggle).prefill(on=schedule.enabled)

    # What it means

    def _retell(self) -> None:
        """Say at each field what is wrong there, and in the plan what would happen."""
        if self.left:
            return
        schedule = self._check()
        standing = self._standing()
        force = self.query_one("#force", Toggle)
        force.display = standing is not None
        # What nobody sees was not decided on.
        force.on = force.on and force.display
        plan = registering.plan(self._wanted(schedule, standing), self._where)
        if plan.title != self.plan.title:
            self._tell_title(plan.title)
        self._read = standing
        self.replan(plan)

    def _wanted(self, schedule: ScheduleConfig | None, standing: Standing | None) -> Wanted:
        """What stands in the form, in words."""
        if self._found is None:
            note, hint = self._no_spec()
            return Wanted(note=note, hint=hint)
        cron, zone, retry = "", "", ""
        found: Sequence[fires.Fire] = ()
        if schedule is not None:
            cron, zone = schedule.cron or "", schedule.timezone
            retry = facts.of_retry(schedule.retry)
            found = self._fires(cron, zone)
        return Wanted(
            words.name(self._dataset),
            schedule=registrations.schedule_words(cron, zone) if zone else "",
            retry=retry,
            enabled=self.query_one("#enabled", Toggle).on,
            fires=found,
            standing=standing,
            facts=registrations.of_spec(self._found.spec.spec, self._found.file),
        )

    def _fires(self, cron: str, zone: str) -> Sequence[fires.Fire]:
        if not cron:
            return ()
        now, here = self._session.now(), self.dash.opening.zone
        return fires.told(next_fires(cron, zone, now, _FIRES), cron, zone, here, now)

    def _no_spec(self) -> tuple[Sequence[str], str]:
        """Why there is nothing to register yet, and what helps."""
        problem = self._owned() or self._missing or self._project_problem
        # That there is no such dataset is said at its name.
        if problem is not None and not isinstance(problem, DatasetNotFoundError):
            return (str(problem).splitlines(), problem.hint)
        if not self.is_whole:
            return (["reading its spec …"], "")
        if self._known:
            return ([f"{words.plural(len(self._known), 'dataset')} in {self._folder}"], "")
        return ([f"No dataset was found in {self._folder}"], _NO_PROJECT)

    @property
    def _folder(self) -> str:
        return words.name(str(self._session.project.folder))

    def _rows(self) -> Sequence[WorkflowInfo]:
        return self._session.workflows.rows_of(self._dataset)

    def _owned(self) -> DLIError | None:
        """What the client will say where CODE owns the name."""
        try:
            rules.require_manual(self._dataset, self._rows(), "register over")
        except DLIError as problem:
            return problem
        return None

    def _standing(self) -> Standing | None:
        """What is registered under that name."""
        row = rules.in_force(self._rows())
        if row is None or self._owned() is not None:
            return None
        # When it runs next moves on by itself, which changes nothing of what is overwritten.
        return registrations.standing(row, None)._replace(next_at=None)

    # What is wrong

    def _check(self, *, sent: bool = False) -> ScheduleConfig | None:
        """Say at each field what is wrong there; the schedule, where that part is right."""
        self._field("dataset").complain(self._wrong_name(sent=sent))
        cron, zone = self._check_cron(), self._check_zone(sent=sent)
        attempts, delay = self._number("attempts", 1), self._number("delay", 0)
        if not cron or not zone or attempts is None or delay is None:
            return None
        return ScheduleConfig(
            cron=self._value("cron") or None,
            timezone=self._value("zone"),
            enabled=self.query_one("#enabled", Toggle).on,
            retry=RetryConfig(max_attempts=attempts, delay_seconds=delay),
        )

    def _wrong_name(self, *, sent: bool) -> str:
        """What is wrong with the name; what more letters may mend only once it is `sent`."""
        name = self._dataset
        if not name:
            return "Type the name of a dataset" if sent else ""
        reason = why_not_a_name(name)
        if reason is not None:
            return f"This is no dataset's name: {reason}"
        problem = self._owned() or self._missing
        if isinstance(problem, DatasetNotFoundError):
            field = self._completing("dataset")
            return self._not_found(problem) if sent or not field.is_open else ""
        if problem is not None:
            return "It can't be registered; the plan says why"
        if sent and self._standing() is not None and not self.query_one("#force", Toggle).on:
            code = ErrorCode.WORKFLOW_ALREADY_EXISTS
            return f"[{code}] It is registered already; turn on force below to overwrite it"
        return ""

    def _not_found(self, problem: DatasetNotFoundError) -> str:
        near = completing.near(self._dataset, self._known, _NEAR)
        meant = f"; did you mean {', '.join(map(words.name, near))}?" if near else ""
        return f"[{problem.code}] No spec of that name in {self._folder}{meant}"

    def _check_cron(self) -> bool:
        """Whether the cron can be sent; what is wrong is marked in it."""
        field = self._field("cron")
        typed = field.value
        read = fields_of(typed) if typed.strip() else None
        if not isinstance(read, CronProblem):
            field.remark(crons.words_of(typed) if read else "by hand only")
            return True
        start, end = crons.wrong_part(typed, read)
        cells = (
            cell_len(typed[:start]),
            cell_len(typed[:start]) + max(1, cell_len(typed[start:end])),
        )
        field.underline(cells, f"[{InvalidCronError.default_code}] {read.message}")
        return False

    def _check_zone(self, *, sent: bool) -> bool:
        field = self._completing("zone")
        name = self._value("zone")
        if name in self._zones or not self._zones:
            field.complain("")
            return name in self._zones
        near = completing.near(name, sorted(self._zones), _NEAR)
        meant = f"; did you mean {', '.join(near)}?" if near else ""
        field.complain("" if field.is_open and not sent else f"No time zone is called so{meant}")
        return False

    def _number(self, name: str, least: int) -> int | None:
        field = self._field(name)
        typed = field.value.strip()
        is_number = typed.isascii() and typed.isdigit() and len(typed) <= _MOST_DIGITS
        if is_number and int(typed) >= least:
            field.complain("")
            return int(typed)
        field.complain(f"A whole number, at least {least}")
        return None

    # Sending

    def answer(self) -> Registration | None:
        if self._standing() != self._read:
            self._retell()
            self._say("What is registered has changed meanwhile; read it again", Tone.LATE)
            return None
        schedule = self._check(sent=True)
        if self._wrong_name(sent=True):
            self._field("dataset").focus_input()
            if isinstance(self._missing, SpecError):
                # Perhaps it has been corrected meanwhile.
                self._name_typed(self._dataset)
            return None
        if schedule is None or self._found is None:
            self._go_to_wrong()
            return None
        force = self._read is not None
        return late.registration_of()(self._found.spec, self._dataset, schedule, force=force)

    def _go_to_wrong(self) -> None:
        """Go to the first field of the schedule that is wrong."""
        rights = {
            "cron": self._check_cron(),
            "zone": self._check_zone(sent=True),
            "attempts": self._number("attempts", 1) is not None,
            "delay": self._number("delay", 0) is not None,
        }
        wrong = next((name for name, right in rights.items() if not right), "dataset")
        self._field(wrong).focus_input()

    async def _register(self, request: Registration) -> str:
        done = await self._session.client.register(request)
        self._made = WorkflowKey(done.dataset_name, done.source_type)
        said = (done.message or f"Registered {done.dataset_name}", done.warning)
        return ". ".join(part for part in said if part)

    def went_well(self) -> None:
        dash, session, key = self.dash, self._session, self._made

        def point() -> None:
            shown = {row.key for row in dash.listing.shown}
            if len(dash.screen_stack) == 1 and key in shown:
                dash.go_to(key)

        async def go_there() -> None:
            await session.workflows.refresh()
            # The list takes its rows first.
            dash.screen_stack[0].call_after_refresh(point)

        start_worker(dash, go_there, group="going")

    # Fields

    def _field(self, name: str) -> RowField:
        return self.query_one(f"#field-{name}", RowField)

    def _completing(self, name: str) -> CompletingField:
        return self.query_one(f"#field-{name}", CompletingField)

    def _value(self, name: str) -> str:
        return self._field(name).value.strip()
