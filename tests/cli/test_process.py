"""What only a process of its own shows: pipes that break, bytes that stay the same."""

import os
import subprocess
import sys

import pytest

from dli_tui.__main__ import _keep_others_from_writing
from tests.cli.conftest import AT

PROGRAM = [sys.executable, "-m", "dli_tui"]
EVERY_READ = f"""
from typer.testing import CliRunner
from dli_tui.cli.main import app
clicks = "iceberg.analytics.daily_clicks"
for words in (
    ["list"],
    ["list", "--running", "--format", "json"],
    ["list", "--demo-size", "300"],
    ["history", "-n", "50"],
    ["history", "-d", clicks, "--show-dataset-info", "--format", "json"],
    ["get", clicks],
    ["get", "logistics.carriers.rates", "--format", "json"],
    ["status", "ml.recommender.train_20260310_090000"],
    ["backfill", clicks, "-s", "2026-03-01", "-e", "2026-03-07", "--dry-run"],
    ["run", clicks, "--dry-run", "--format", "json"],
):
    done = CliRunner().invoke(app, ["workflow", *words, "--demo-seed", "7", "--at", "{AT}"])
    assert done.exit_code == 0, (words, done.output)
    print(words, done.output)
"""


def environment(**more):
    return {**os.environ, **more}


def test_the_same_seed_at_the_same_hour_prints_the_same_bytes():
    printed = [
        subprocess.run(
            [sys.executable, "-c", EVERY_READ],
            env=environment(PYTHONHASHSEED=seed, TZ=zone),
            capture_output=True,
            check=True,
        ).stdout
        for seed, zone in (("1", "UTC"), ("2", "Asia/Seoul"))
    ]
    assert printed[0] == printed[1]
    assert printed[0].count(b"iceberg.analytics.daily_clicks") > 10


@pytest.mark.parametrize(
    "words",
    [
        ["workflow", "list", "--demo", "--at", AT],
        ["workflow", "list", "--demo-size", "5000", "--at", AT, "--format", "json"],
        ["workflow", "-h"],
    ],
    ids=["short", "long", "help"],
)
@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_a_pipe_that_nobody_reads_ends_it_quietly(words, unbuffered):
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        [*PROGRAM, *words],
        stdout=writer,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
        env=environment(PYTHONUNBUFFERED=unbuffered),
    )
    os.close(writer)
    assert done.stderr == ""
    assert done.returncode in (0, 1)


def test_the_program_ends_with_the_code_of_its_command():
    done = subprocess.run(
        [*PROGRAM, "workflow", "get", "no", "--demo"], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("Error [DLI-800]: ")


@pytest.mark.parametrize(
    ("mask", "becomes"), [(0o000, 0o022), (0o022, 0o022), (0o002, 0o002), (0o077, 0o077)]
)
def test_no_file_is_written_that_everybody_may_change(mask, becomes):
    before = os.umask(mask)
    try:
        _keep_others_from_writing()
        assert os.umask(mask) == becomes
    finally:
        os.umask(before)
