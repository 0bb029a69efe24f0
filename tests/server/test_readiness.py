"""Each component is asked, all at once and not too often; what is wrong stands in the log alone."""

import asyncio
import json

import pytest

from dli_tui.domain.errors import ServerError
from dli_tui.server import readiness as module
from dli_tui.server.readiness import Readiness
from tests.support_gate import Hour


class Asked:
    def __init__(self):
        self.hour = Hour()
        self.told: list[dict[str, str]] = []
        self.asked: list[str] = []
        self.problems: dict[str, Exception] = {}
        self.waits: asyncio.Event | None = None
        self.readiness = Readiness(
            {"tokens": self.check("tokens"), "upstream": self.check("upstream")},
            now=self.hour.now,
            ticks=self.hour.ticks,
            tell=lambda line: self.told.append(json.loads(line)),
        )

    def check(self, name):
        async def checked():
            self.asked.append(name)
            if self.waits is not None:
                await self.waits.wait()
            if name in self.problems:
                raise self.problems[name]

        return checked

    async def now(self):
        return dict(await self.readiness.now())


@pytest.fixture
def asked():
    return Asked()


async def test_each_component_says_how_it_stands(asked):
    assert await asked.now() == {"tokens": "ready", "upstream": "ready"}
    assert asked.told == []


async def test_what_fails_is_said_without_a_reason_and_logged_with_one_once(asked):
    asked.problems["upstream"] = ServerError("nobody is there")
    for _ in range(3):
        assert await asked.now() == {"tokens": "ready", "upstream": "failed"}
        asked.hour.passed += module.KEPT_SECONDS
    del asked.problems["upstream"]
    assert await asked.now() == {"tokens": "ready", "upstream": "ready"}
    assert [(line["event"], line.get("upstream")) for line in asked.told] == [
        ("not ready", "[DLI-503] nobody is there"),
        ("ready again", None),
    ]


async def test_an_unexpected_error_is_a_failure_as_well(asked):
    asked.problems["tokens"] = RuntimeError()
    assert (await asked.now())["tokens"] == "failed"
    assert asked.told[0]["tokens"] == "RuntimeError"


async def test_what_never_answers_is_not_waited_for(asked, monkeypatch):
    monkeypatch.setattr(module, "SECONDS", 0.01)
    asked.waits = asyncio.Event()
    assert await asked.now() == {"tokens": "failed", "upstream": "failed"}


async def test_however_often_it_is_asked_the_components_are_asked_once_in_a_while(asked):
    await asyncio.gather(*(asked.now() for _ in range(50)))
    assert len(asked.asked) == 2
    asked.hour.passed = module.KEPT_SECONDS - 0.1
    await asked.now()
    assert len(asked.asked) == 2
    asked.hour.passed = module.KEPT_SECONDS
    await asked.now()
    assert len(asked.asked) == 4
