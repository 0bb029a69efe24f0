"""3,000 specs in 16 shards: each is read by either Airflow long before it loses patience."""

import asyncio
import json
import subprocess
from collections import Counter
from zlib import crc32

import pytest

from dli_tui.cli.airflow import SHARDS, put_in_place
from tests.airflow.real import THREE, TWO, installed

NAMES = [f"team{number % 20}.set_{number}" for number in range(3_000)]
READ = (0, 5, 10, 15)
"""The shards that are read: what is true of them is true of the rest."""
PATIENCE = 30
"""So many seconds may a file take (`core.dagbag_import_timeout`)."""
SPEC = """\
name: {name}
owner: data@example.com
team: shop
schedule: {{cron: "{minute} 6 * * *", timezone: Asia/Seoul}}
retry: {{max_attempts: 3, delay_seconds: 60}}
parameters:
  day: {{type: date, default: 2026-01-31}}
steps:
  - {{name: extract, type: log, config: {{message: "{{{{params.day}}}}"}}}}
  - {{name: work, type: wait, needs: [extract], config: {{seconds: 1}}}}
  - {{name: load, type: log, needs: [work], config: {{message: "{{{{ds}}}}"}}}}
"""
READING = """\
import inspect, json, sys, time
try:
    from airflow.dag_processing.dagbag import DagBag
except ImportError:
    from airflow.models.dagbag import DagBag
plain = {"include_examples": False}
known = inspect.signature(DagBag.__init__).parameters
found = []
for path in sys.argv[1:]:
    began = time.process_time()
    bag = DagBag(path, **{key: plain[key] for key in plain if key in known})
    found.append([len(bag.dags), time.process_time() - began, list(bag.import_errors.values())])
print("READ", json.dumps(found))
"""


def read(version, home):
    """For each file: how many DAGs it has, how long it took, and what is wrong."""
    env = {
        "AIRFLOW_HOME": str(home),
        "HOME": str(home),
        "PATH": "/usr/bin:/bin",
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{home}/airflow.db",
        "DLI_SPECS": str(home / "specs"),
    }
    python = installed(version) / "bin" / "python"
    files = [str(home / "dags" / f"dli_dags_{shard:02}_of_{SHARDS}.py") for shard in READ]
    done = subprocess.run(
        [python, "-c", READING, *files], env=env, capture_output=True, text=True, check=True
    )
    (line,) = [line for line in done.stdout.splitlines() if line.startswith("READ ")]
    return json.loads(line.removeprefix("READ "))


def prepare(home):
    (home / "dags").mkdir()
    (home / "specs" / "code").mkdir(parents=True)
    put_in_place(home / "dags", SHARDS)
    for number, name in enumerate(NAMES):
        text = SPEC.format(name=name, minute=number % 60)
        (home / "specs" / "code" / f"{name}.yaml").write_text(text, "utf-8")


@pytest.mark.parametrize("version", [THREE, TWO], ids=lambda version: version.number)
async def test_a_shard_of_three_thousand_specs_is_read_in_time(version, tmp_path):
    await asyncio.to_thread(prepare, tmp_path)
    found = await asyncio.to_thread(read, version, tmp_path)
    shards = Counter(crc32(name.encode()) % SHARDS for name in NAMES)
    assert [dags for dags, _, _ in found] == [shards[shard] for shard in READ]
    assert [errors for _, _, errors in found] == [[]] * len(READ)
    assert max(seconds for _, seconds, _ in found) < PATIENCE / 2
