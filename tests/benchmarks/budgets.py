"""What the dashboard may cost, one line each; how each is measured is in the scenes."""

from __future__ import annotations

from typing import Final

from tests.benchmarks import scenes
from tests.benchmarks.figures import Budget

_HELLO: Final = "× hello"
_LINE: Final = "× one line"

BUDGETS: Final = (
    Budget("first-paint", "first paint, frame and skeleton", 1.3, _HELLO, scenes.starting),
    Budget("rows", "200 workflows on screen", 2.2, _HELLO, scenes.starting),
    Budget("quit", "quit, from the key to the end", 400, "ms", scenes.starting),
    Budget("quit-clean", "wrong after quit: exit code, modes", 0, "left", scenes.starting),
    Budget("down-200", "down, key → paint, 200 workflows", 2, _LINE, scenes.pressing),
    Budget("down-10000", "down, key → paint, 10,000", 2, _LINE, scenes.pressing),
    Budget("down-100000", "down, key → paint, 100,000", 2, _LINE, scenes.pressing),
    Budget("down-spread", "the slowest of the three", 1.5, "× the fastest", scenes.pressing),
    Budget("page-down", "page down, 10,000", 8, _LINE, scenes.pressing),
    Budget("held", "down held, 30/s: lag after the last", 60, "ms", scenes.holding),
    Budget("memory", "memory, 10,000", 110, "MiB", scenes.holding),
    Budget("idle-cpu", "nothing changes, 1,000: processor", 1.5, "% of a core", scenes.resting),
    Budget("idle-bytes", "nothing changes, 1,000: written", 100, "bytes/s", scenes.resting),
    Budget("churn-cpu", "1 % of 10,000 a second: processor", 5, "% of a core", scenes.churning),
    Budget("churn-down", "… down, key → paint, p95", 3, "× the quiet p95", scenes.churning),
    Budget("broken-line", "a line that breaks, 10,000: slowest key", 100, "ms", scenes.breaking),
    Budget("airflow-whole", "3,000 DAGs of Airflow, whole", 75, "requests", scenes.asking_airflow),
    Budget("airflow-tick", "… a quiet tick", 1, "request", scenes.asking_airflow),
    Budget("airflow-line", "… the longest line of a request", 4096, "bytes", scenes.asking_airflow),
    Budget("airflow-memory", "memory, 10,000 DAGs of Airflow", 160, "MiB", scenes.weighing_airflow),
    Budget("crowd", "500 readers of 10,000: p99", 5, "× one alone", scenes.crowding),
    Budget("crowd-failed", "… and requests that failed", 0, "of them", scenes.crowding),
    Budget("log-shown", "100,000 log lines: on screen", 1_000, "ms", scenes.reading),
    Budget("log-memory", "100,000 log lines: memory", 40, "MiB more", scenes.reading),
)
