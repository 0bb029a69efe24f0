"""What was done is kept: shared, whole, private, and no longer than it shows."""

import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest

from dli_tui.backends.demo import actions as acts
from dli_tui.backends.demo import journal as journals
from dli_tui.backends.demo.actions import MOST_KEPT, RETENTION, Action, Deed, action_of, compacted
from dli_tui.backends.demo.journal import FileJournal, MemoryJournal
from dli_tui.domain.errors import ConfigurationError, WorkflowExecutionError
from dli_tui.domain.query import HistoryQuery, RunRequest, WorkflowQuery
from tests.support import everything

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)


def action(name="a", deed=Deed.PAUSE, *, at=NOON, run_id="", **details):
    return Action(at, "me", deed, name, run_id, reason=None, details=details)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "state" / "demo-0.jsonl"


@pytest.fixture
def journal(path):
    return FileJournal(path)


def add(journal, *actions):
    return journal.commit(lambda so_far: actions)


def test_an_action_is_read_as_it_was_written():
    written = Action(
        NOON, "나", Deed.BACKFILL, "a\x1b[2J", "id", reason="[/] \u2028", details={"slots": ["x"]}
    )
    assert "\n" not in written.as_line()
    assert action_of(written.as_line()) == written


@pytest.mark.parametrize(
    "line",
    ["", "{}", "[]", "null", '{"v":1', action().as_line().replace('"v":1', '"v":2'), "\x00",
     action().as_line().replace("pause", "explode"), action().as_line()[:-4]],
)  # fmt: skip
def test_a_line_that_cannot_be_read_is_nothing(line):
    assert action_of(line) is None


NESTED = "[" * 100_000
RUN = action(deed=Deed.RUN, run_id="r", parameters={}).as_line()


@pytest.mark.parametrize(
    "line",
    [
        RUN.replace('"run_id":"r"', '"run_id":null'),
        RUN.replace('"parameters":{}', '"parameters":[1]'),
        RUN.replace('"details":{"parameters":{}}', '"details":[]'),
        RUN.replace('"by":"me"', '"by":7'),
        RUN.replace('"reason":null', '"reason":{}'),
        RUN.replace("2026-03-10", "0001-01-01"),
        RUN.replace("2026-03-10", "9999-12-31"),
        RUN.replace('"parameters":{}', f'"parameters":{NESTED}'),
    ],
)
def test_json_that_is_not_ours_is_nothing(line):
    assert action_of(RUN) is not None
    assert action_of(line) is None


@pytest.mark.parametrize(
    "wrong",
    [
        action(deed=Deed.RUN, run_id="r", parameters={}, slot="noon"),
        action(deed=Deed.BACKFILL, run_id="b", parameters={}, slots=["noon"], parallel=False),
        action(deed=Deed.BACKFILL, start="x", end="y", parameters={}, slots=[], parallel=False),
        action(deed=Deed.REGISTER, cron="99 99 * * *"),
        action(deed=Deed.REGISTER, cron="0 8 * * *", timezone="Mars/Base"),
        action(deed=Deed.REGISTER, notifications={"on_failure": 7}),
        action(deed=Deed.REGISTER, steps=[{"name": "x"}]),
        action(deed=Deed.START_SAGA, saga_type="t"),
    ],
    ids=lambda one: str(one.details)[:50],
)
async def test_an_action_that_makes_no_sense_changes_nothing(demo, clock, wrong):
    journal = MemoryJournal()
    before = await picture(demo(), ("orders_hourly",))
    add(journal, wrong._replace(name="orders_hourly", at=clock.now()))
    assert await picture(demo(journal=journal), ("orders_hourly",)) == before


def test_two_journals_on_one_file_see_what_the_other_did(path):
    one, other = FileJournal(path), FileJournal(path)
    assert one.actions() == other.actions() == ()
    first = add(one, action("a"))
    assert other.actions() == first
    second = add(other, action("b"))
    assert one.actions() == (*first, *second)


def test_a_decision_knows_all_that_was_done_before(path):
    one, other = FileJournal(path), FileJournal(path)
    first = add(one, action("a"))
    assert first
    assert other.commit(lambda so_far: so_far) == first
    assert one.actions() == first * 2


def test_the_same_actions_are_not_read_twice(journal):
    add(journal, action())
    assert journal.actions() is journal.actions()


def test_a_refusal_adds_nothing(journal, path):
    def refuse(so_far):
        raise WorkflowExecutionError("no")

    with pytest.raises(WorkflowExecutionError):
        journal.commit(refuse)
    assert not path.exists()
    assert add(journal, action()) == journal.actions()


WRITER = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from dli_tui.backends.demo.actions import Action, Deed
from dli_tui.backends.demo.journal import FileJournal

journal = FileJournal(Path(sys.argv[1]))
print("ready", flush=True)
sys.stdin.readline()
for number in range(int(sys.argv[3])):
    journal.commit(lambda so_far: (
        Action(datetime(2026, 3, 10, tzinfo=UTC), sys.argv[2], Deed.RUN, "a", str(len(so_far))),
    ))
"""


def at_once(program, calls):
    """What the program prints when it is run once for each call, all of them at the same time."""
    started = [
        subprocess.Popen(
            [sys.executable, "-c", program, *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for arguments in calls
    ]
    assert {one.stdout.readline() for one in started if one.stdout} == {"ready\n"}
    for one in started:
        assert one.stdin
        one.stdin.write("go\n")
        one.stdin.flush()
    printed = []
    for one in started:
        with one:
            printed.append(one.communicate()[0].splitlines())
        assert one.returncode == 0
    return printed


def test_two_processes_that_write_at_once_lose_nothing(path):
    each = 60
    at_once(WRITER, [(str(path), name, str(each)) for name in ("one", "other")])
    found = FileJournal(path).actions()
    assert [action.run_id for action in found] == [str(number) for number in range(2 * each)]
    assert sorted(action.by for action in found) == ["one"] * each + ["other"] * each


USER = """
import asyncio, sys
from pathlib import Path
from dli_tui.backends.demo.backend import DemoBackend
from dli_tui.backends.demo.cast import STANDARD
from dli_tui.backends.demo.journal import FileJournal
from dli_tui.client import WorkflowClient
from dli_tui.domain.clock import SystemClock
from dli_tui.domain.errors import WorkflowRegistrationError
from dli_tui.domain.query import Registration
from dli_tui.domain.schedule import ScheduleConfig

async def use():
    backend = DemoBackend(STANDARD, clock=SystemClock(), journal=FileJournal(Path(sys.argv[1])))
    client = WorkflowClient(backend)
    for number in range(int(sys.argv[2])):
        try:
            await client.register(Registration(f"new.n{number}", ScheduleConfig(cron="0 3 * * *")))
            print("registered", number)
        except WorkflowRegistrationError:
            print("refused", number)
        print("run", (await client.run("new.n0")).run_id)

print("ready", flush=True)
sys.stdin.readline()
asyncio.run(use())
"""


def test_of_processes_that_register_one_name_one_does_and_each_has_runs_of_its_own(path):
    processes, names = 3, 5
    printed = at_once(USER, [(str(path), str(names))] * processes)
    lines = [line.split() for one in printed for line in one]
    registered = [number for word, number in lines if word == "registered"]
    assert sorted(registered) == [str(number) for number in range(names)]
    runs = [run_id for word, run_id in lines if word == "run"]
    assert len(set(runs)) == processes * names
    kept = FileJournal(path).actions()
    assert sorted(one.run_id for one in kept if one.deed is Deed.RUN) == sorted(runs)
    assert sorted(one.name for one in kept if one.deed is Deed.REGISTER) == [
        f"new.n{number}" for number in range(names)
    ]


def test_a_torn_last_line_is_passed_over_and_what_comes_after_it_is_kept(journal, path):
    (first,) = add(journal, action("a"))
    with path.open("a", encoding="utf-8") as file:
        file.write(action("torn").as_line()[:30])
    assert FileJournal(path).actions() == (first,)
    (second,) = add(journal, action("b"))
    assert journal.actions() == FileJournal(path).actions() == (first, second)


def test_bytes_that_are_no_text_are_passed_over(journal, path):
    (first,) = add(journal, action("a"))
    with path.open("ab") as file:
        file.write(b"\xff\xfe\x00\n")
    (second,) = add(journal, action("b"))
    assert journal.actions() == (first, second)


def test_only_its_owner_may_read_it(journal, path):
    add(journal, action())
    assert {one.stat().st_mode & 0o777 for one in path.parent.iterdir()} == {0o600}


def test_reset_forgets(journal, path):
    add(journal, action("a"), action("b"))
    other = FileJournal(path)
    assert len(other.actions()) == 2
    assert journal.reset() == 2
    assert journal.actions() == other.actions() == ()
    assert journal.reset() == 0


def test_a_file_as_long_as_the_one_before_is_not_taken_for_it(journal, path):
    add(journal, action("a"))
    other = FileJournal(path)
    assert [one.name for one in other.actions()] == ["a"]
    # An unlinked file's inode is used again at once, so neither it nor the size need differ.
    text = path.read_text(encoding="utf-8").replace('"a"', '"b"')
    path.write_text(text, encoding="utf-8")
    assert [one.name for one in other.actions()] == ["b"]


def test_a_folder_that_cannot_be_made_is_said_with_what_to_do(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(ConfigurationError) as caught:
        add(FileJournal(tmp_path / "file" / "demo.jsonl"), action())
    assert "XDG_STATE_HOME" in caught.value.hint


async def test_a_memory_journal_touches_no_file(demo, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    journal = MemoryJournal()
    backend = demo(journal=journal)
    await backend.pause("orders_hourly")
    assert len(journal.actions()) == 1
    assert list(tmp_path.rglob("*")) == []


async def picture(backend, names):
    rows = await everything(backend.workflows(WorkflowQuery()))
    runs = [run for name in names for run in await everything(backend.history(HistoryQuery(name)))]
    return rows, runs


async def test_compacting_changes_nothing_that_shows(demo, clock):
    """Pauses, runs and registrations older and younger than what the history holds."""
    journal = MemoryJournal()
    backend = demo(journal=journal)
    names = ("orders_hourly", "orders_returns", "finance.cost_centers")
    clock.move(-RETENTION.total_seconds() - 5 * 86_400)
    await backend.pause("orders_hourly")
    clock.move(86_400)
    await backend.pause("orders_returns")
    await backend.run(RunRequest("finance.cost_centers"))
    clock.move(3_600)
    await backend.unpause("orders_returns")
    clock.move(9 * 86_400)
    await backend.unpause("orders_hourly")
    await backend.run(RunRequest("finance.cost_centers"))
    await backend.deliver("orders_returns", "0 5 * * *")
    clock.moment = NOON
    before = await picture(backend, names)
    kept = compacted(journal.actions(), NOON)
    assert len(kept) == len(journal.actions()) - 2
    after = MemoryJournal()
    add(after, *kept)
    assert await picture(demo(journal=after), names) == before


def test_runs_that_no_longer_show_are_dropped():
    old = NOON - RETENTION - timedelta(days=1)
    kept = compacted(
        [
            action("a", Deed.RUN, at=old, run_id="old"),
            action("a", Deed.STOP, at=old, run_id="old"),
            action("a", Deed.REGISTER, at=old),
            action("a", Deed.RUN, run_id="new"),
        ],
        NOON,
    )
    assert [one.deed for one in kept] == [Deed.REGISTER, Deed.RUN]


def test_of_very_many_runs_the_newest_are_kept(monkeypatch):
    monkeypatch.setattr(acts, "MOST_KEPT", 3)
    runs = [action("a", Deed.RUN, run_id=str(number)) for number in range(9)]
    assert [one.run_id for one in compacted(runs, NOON)] == ["6", "7", "8"]


def test_a_file_that_grew_is_written_anew_without_what_is_old(journal, path, monkeypatch):
    monkeypatch.setattr(journals, "COMPACT_AT", 2_000)
    other = FileJournal(path)
    old = NOON - RETENTION - timedelta(days=1)
    add(journal, action("kept", at=old), *(action(deed=Deed.RUN, at=old) for _ in range(20)))
    assert len(other.actions()) == 21
    (latest,) = add(journal, action("latest"))
    assert [one.name for one in journal.actions()] == ["kept", "latest"]
    assert other.actions() == journal.actions() == FileJournal(path).actions()
    assert journal.actions()[-1] == latest
    assert path.stat().st_mode & 0o777 == 0o600
    assert add(other, action("after")) == journal.actions()[-1:]


def test_where_nothing_can_be_dropped_not_every_write_compacts(journal, path, monkeypatch):
    monkeypatch.setattr(journals, "COMPACT_AT", 1_000)
    compacted_at = []
    compact = FileJournal._compact

    def counted(self, now):
        compacted_at.append(path.stat().st_size)
        compact(self, now)

    monkeypatch.setattr(FileJournal, "_compact", counted)
    for number in range(60):
        add(journal, action(f"a{number}"))
    assert len(journal.actions()) == 60
    assert len(compacted_at) < 6


def test_compacting_keeps_the_last_of_each_kind_and_drops_what_it_supersedes():
    old = NOON - RETENTION * 2

    def did(deed, name, days):
        return Action(old + timedelta(days=days), "me", deed, name)

    actions = (
        did(Deed.REGISTER, "a", 0),
        did(Deed.UNREGISTER, "a", 1),
        did(Deed.REGISTER, "b", 2),
        did(Deed.PAUSE, "b", 3),
        did(Deed.REGISTER, "b", 4),
        did(Deed.DELIVER, "b", 5),
        did(Deed.CANCEL_SAGA, "saga-0006", 6),
    )
    assert compacted(actions, NOON) == (actions[1], actions[3], actions[4], actions[5])


def test_compacting_never_loses_a_registration_to_later_pauses():
    registered = Action(NOON - timedelta(days=1), "me", Deed.REGISTER, "a")
    pauses = [
        Action(NOON - timedelta(seconds=second), "me", Deed.PAUSE, "b")
        for second in range(MOST_KEPT + 5, 0, -1)
    ]
    kept = compacted((registered, *pauses), NOON)
    assert kept[0] == registered
    assert len(kept) == MOST_KEPT + 2


def test_compacting_keeps_what_was_started_and_cancelled_as_long_as_it_shows():
    old = action("s0", Deed.START_SAGA, at=NOON - RETENTION - timedelta(days=1))
    young = action("s1", Deed.START_SAGA, at=NOON - timedelta(days=1))
    cancelled = action("s1", Deed.CANCEL_SAGA)
    assert compacted((old, young, cancelled), NOON) == (young, cancelled)
