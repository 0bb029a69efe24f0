"""The program as a person calls it, without a process of its own."""

from contextlib import asynccontextmanager

import pytest
from typer.testing import CliRunner

from dli_tui.cli import running
from dli_tui.cli.main import app
from dli_tui.client import WorkflowClient

AT = "2026-03-10T09:41Z"
DEMO = ("--demo", "--at", AT)


def as_typed(value):
    """A command line as the name of a case; other values name themselves."""
    return " ".join(value) if isinstance(value, (list, tuple)) else None


@pytest.fixture
def cli():
    """Runs a command line; stdout, stderr and exit_code are in what comes back."""
    runner = CliRunner()

    def run(*words, **options):
        done = runner.invoke(app, [str(word) for word in words], **options)
        assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
        return done

    return run


@pytest.fixture
def world(monkeypatch):
    """Puts a backend where every command looks, whatever place it names."""

    def use(backend, clock):
        @asynccontextmanager
        async def opened(target):
            yield WorkflowClient(backend, clock=clock, read_only=target.read_only)

        monkeypatch.setattr(running, "opened", opened)
        return backend

    return use


@pytest.fixture
def project(tmp_path):
    """A project folder with a spec of each name that the tests register."""
    for name in ("iceberg.analytics.daily_clicks", "test.dataset", "finance.cost_centers"):
        (tmp_path / f"dataset.{name}.yaml").write_text(
            f"version: v1\nname: {name}\nowner: me@example.com\nteam: '@me'\n"
        )
    return tmp_path


@pytest.fixture
def config(tmp_path):
    """Writes a config file and gives the options that name it."""

    def write(text):
        path = tmp_path / "config.toml"
        path.write_text(text)
        path.chmod(0o600)
        return "--config", path

    return write
