"""A log is followed to its end and no line comes twice."""

import threading
from typing import Any

import pytest

from dli_tui.backends.airflow.runlogs import is_end
from dli_tui.backends.airflow.v1 import V1
from dli_tui.domain.errors import WorkflowNotFoundError
from dli_tui.domain.ids import LogRef, RunRef
from tests.backends.airflow.fake import FakeAirflow, opened
from tests.backends.airflow.fakelogs import signed

KEY = ("a", "r", "extract", 1)
REF = LogRef(RunRef("r", "a"), "extract")
LINES: dict[int, list[Any]] = {
    1: [
        "[2026-11-21T00:41:49.690+0000] {local.py:123} INFO - one",
        "[2026-11-21T00:41:50.690+0000] {local.py:124} ERROR - two",
        "Traceback (most recent call last):",
    ],
    2: [
        {"timestamp": "2026-11-21T00:41:49.690Z", "event": "one", "level": "info"},
        {"timestamp": "2026-11-21T00:41:50.690Z", "event": "two", "level": "critical"},
        {
            "timestamp": "2026-11-21T00:41:51Z",
            "event": "Task failed with exception",
            "level": "error",
            "error_detail": [
                {
                    "exc_type": "ValueError",
                    "exc_value": "no \x1b[2Jrows",
                    "frames": [{"filename": "/opt/dags/a.py", "lineno": 7, "name": "load"}],
                }
            ],
        },
    ],
}
BOTH = pytest.mark.parametrize("version", [1, 2])


def with_a_log(version, shown=2):
    airflow = FakeAirflow(version)
    airflow.dag("a")
    airflow.run("a", "r", state="running")
    airflow.logs[KEY] = (LINES[version][:shown], False)
    return airflow


def told(chunk):
    return [(line.level, line.text) for line in chunk.lines]


@BOTH
async def test_a_log_is_followed_and_no_line_comes_twice(version):
    airflow = with_a_log(version)
    async with opened(airflow) as backend:
        first = await backend.logs(REF)
        assert told(first) == [("info", "one"), ("error", "two")]
        assert [line.at is not None for line in first.lines] == [True, True]
        assert not first.complete
        quiet = await backend.logs(REF, first.cursor)
        assert (quiet.lines, quiet.complete) == ((), False)
        airflow.logs[KEY] = (LINES[version], True)
        last = await backend.logs(REF, quiet.cursor)
        assert last.complete
        asked = len(airflow.requests)
        after = await backend.logs(REF, last.cursor)
        assert (after.lines, after.complete) == ((), True)
        assert len(airflow.requests) == asked
    texts = [line.text for line in last.lines]
    assert "one" not in texts
    assert "Traceback (most recent call last):" in texts
    assert all(
        "full_content" in one.url.params for one in airflow.requests if one.url.path[-1] == "1"
    )


GROUPS = (
    ("info", "::group::Pre"),
    ("info", "Filling up the DagBag"),
    ("warning", "a deprecated setting"),
    ("info", "::endgroup::"),
    ("info", "SQL> select 1"),
    ("info", "::group::All rows"),
    ("info", "42"),
    ("info", "::endgroup::"),
    ("info", "::group::Post"),
    ("info", "Marking task as SUCCESS"),
    ("error", "it can't be marked"),
)


@BOTH
async def test_what_airflow_writes_around_a_task_is_quiet_and_marks_of_groups_are_gone(version):
    names = {"Pre": "Pre Execute", "Post": "Post Execute"}
    if version == 1:
        names = {"Pre": "Pre task execution logs", "Post": "Post task execution logs"}
    airflow = with_a_log(version)
    airflow.logs[KEY] = ([_written(version, *line, names) for line in GROUPS], True)
    async with opened(airflow) as backend:
        chunk = await backend.logs(REF)
    assert told(chunk) == [
        ("debug", names["Pre"]),
        ("debug", "Filling up the DagBag"),
        ("warning", "a deprecated setting"),
        ("info", "SQL> select 1"),
        ("info", "All rows"),
        ("info", "42"),
        ("debug", names["Post"]),
        ("debug", "Marking task as SUCCESS"),
        ("error", "it can't be marked"),
    ]


def _written(version, level, text, names):
    mark, found, name = text.partition("::group::")
    text = f"{mark}{found}{names.get(name, name)}"
    if version == 1:
        return f"[2026-11-21T00:41:49.690+0000] {{local.py:123}} {level.upper()} - {text}"
    return {"timestamp": "2026-11-21T00:41:49.690Z", "event": text, "level": level}


async def test_an_exception_of_an_event_reads_as_python_prints_it():
    airflow = with_a_log(2)
    airflow.logs[KEY] = (LINES[2][2:], True)
    async with opened(airflow) as backend:
        chunk = await backend.logs(REF)
    assert told(chunk) == [
        ("error", "Task failed with exception"),
        ("error", "Traceback (most recent call last):"),
        ("error", '  File "/opt/dags/a.py", line 7, in load'),
        ("error", "ValueError: no rows"),
    ]


async def test_a_copy_of_a_mapped_step_has_its_own_log():
    airflow = with_a_log(2)
    async with opened(airflow) as backend:
        await backend.logs(REF._replace(map_index=3))
    assert airflow.requests[-1].url.params["map_index"] == "3"


async def test_a_step_whose_name_holds_anything_is_one_segment():
    airflow = with_a_log(2)
    airflow.logs["a", "r", "gr/oup.é", 2] = ([], True)
    async with opened(airflow) as backend:
        assert (await backend.logs(LogRef(RunRef("r", "a"), "gr/oup.é", 2))).complete
    assert (
        airflow.requests[-1]
        .url.raw_path.partition(b"?")[0]
        .endswith(b"/taskInstances/gr%2Foup.%C3%A9/logs/2")
    )


@BOTH
async def test_a_log_of_a_run_that_isnt_there_is_not_found(version):
    airflow = with_a_log(version)
    async with opened(airflow) as backend:
        with pytest.raises(WorkflowNotFoundError):
            await backend.logs(LogRef(RunRef("nope", "a"), "extract"))


@pytest.mark.parametrize("is_over", [True, False])
def test_a_long_continuation_is_packed_and_read_all_the_same(is_over):
    token = signed(7, is_over, offset=1, last_log_timestamp="2026-11-21 00:41:49.690000+00:00" * 3)
    assert token.startswith(".")
    assert is_end(token) is is_over


def test_a_packed_continuation_that_isnt_one_is_no_end():
    assert not is_end(".AAAA.a-signature")


async def test_a_log_of_megabytes_is_read_beside_the_loop():
    airflow = with_a_log(1)
    line = "[2026-11-21T00:41:49.690+0000] {local.py:123} INFO - " + "x" * 120
    airflow.logs[KEY] = ([line] * 5_000, True)
    threads = set()

    class Watched(V1):
        def lines(self, content):
            threads.add(threading.current_thread())
            return super().lines(content)

    async with opened(airflow) as backend:
        found = await backend._airflow.found()
        backend._airflow._found = found._replace(dialect=Watched())
        chunk = await backend.logs(REF)
    assert len(chunk.lines) == 5_000
    assert threading.main_thread() not in threads


async def test_what_has_not_begun_has_no_lines_yet_and_is_followed_from_its_beginning():
    airflow = with_a_log(2)
    del airflow.logs[KEY]
    airflow.logs["a", "r", "extract", 0] = ([{"event": "No logs available for this task."}], True)
    async with opened(airflow) as backend:
        first = await backend.logs(REF)
        assert (first.lines, first.complete) == ((), False)
        quiet = await backend.logs(REF, first.cursor)
        assert (quiet.lines, quiet.complete) == ((), False)
        airflow.logs[KEY] = (LINES[2][:2], True)
        begun = await backend.logs(REF, quiet.cursor)
    assert ([text for _, text in told(begun)], begun.complete) == (["one", "two"], True)


@BOTH
async def test_a_step_that_no_run_has_has_no_log(version):
    airflow = with_a_log(version)
    async with opened(airflow) as backend:
        with pytest.raises(WorkflowNotFoundError):
            await backend.logs(LogRef(RunRef("r", "a"), "nope"))
