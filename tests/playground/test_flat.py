"""The orchestrator of another make, held against what was recorded of it."""

import pytest

from tests.playground.asking import Asked
from tests.playground.recorded import samples, unlike

RECORDED = samples("flat")
OK, FAILED, OPEN = "saga_d5254d9bc6c4", "saga_adc909a9afc5", "saga_054b10ebe8cb"
"""Under which ids one that went well, one that didn't and one under way were recorded."""
AS_IT_BEGINS = ("status_pending",)


def body_of(*actions):
    return {
        "steps": [
            {
                "step_id": f"s{number}",
                "service_url": "http://service.example.com",
                "action": action,
                "payload": {},
                "compensation_action": "undo",
            }
            for number, action in enumerate(actions, start=1)
        ]
    }


class Flat:
    """An orchestrator, and our ids for the recorded ones."""

    def __init__(self):
        self.asked = Asked(sagas="flat", stocked=False)
        self.ids = {}

    async def start(self, recorded, *actions):
        answer = await self.asked.sagas("POST", "/saga/start", body_of(*actions), headers={})
        self.ids[recorded] = answer.json()["saga_id"]

    async def replay(self, name):
        wanted = RECORDED[name]["request"]
        path = wanted["path"]
        for recorded, ours in self.ids.items():
            path = path.replace(recorded, ours)
        return await self.asked.sagas(wanted["method"], path, wanted["body"], headers={})

    async def stands(self, recorded):
        path = f"/saga/{self.ids[recorded]}/status"
        return (await self.asked.sagas("GET", path, headers={})).json()["status"]


@pytest.fixture
async def flat():
    """One that is over and well, one that was undone, one under way."""
    made = Flat()
    await made.start(OK, "ok", "ok")
    await made.start(FAILED, "ok", "fail")
    made.asked.clock.move(60)
    await made.start(OPEN, "ok", "ok")
    made.asked.clock.move(2)
    return made


@pytest.mark.parametrize("name", sorted(RECORDED.keys() - {*AS_IT_BEGINS}))
async def test_it_answers_as_it_was_recorded(flat, name):
    answer = await flat.replay(name)
    assert unlike(RECORDED[name], answer) == []
    recorded = RECORDED[name]["response"]["body"]
    if "status" in recorded:
        assert answer.json()["status"] == recorded["status"]


async def test_it_waits_for_a_moment_first():
    flat = Flat()
    await flat.start(OK, "ok")
    assert unlike(RECORDED["status_pending"], await flat.replay("status_pending")) == []


async def test_what_was_done_is_undone_when_a_step_fails(flat):
    steps = (await flat.replay("steps_compensated")).json()["steps"]
    recorded = RECORDED["steps_compensated"]["response"]["body"]["steps"]
    assert [one["status"] for one in steps] == [one["status"] for one in recorded]


async def test_its_total_counts_what_was_filtered_out_too(flat):
    told = (await flat.replay("list_filter")).json()
    assert (len(told["sagas"]), told["total"]) == (1, 3)


async def test_under_way_it_is_undone_by_force_alone(flat):
    assert (await flat.replay("compensate_running_noforce")).status_code == 400
    assert await flat.stands(OPEN) == "running"
    assert (await flat.replay("compensate_running_force")).json()["status"] == "compensated"
    assert await flat.stands(OPEN) == "compensating"
    flat.asked.clock.move(10)
    assert await flat.stands(OPEN) == "compensated"


async def test_what_is_over_and_well_can_be_undone_once(flat):
    path = f"/saga/{flat.ids[OK]}/compensate"
    assert (await flat.asked.sagas("POST", path, {}, headers={})).status_code == 200
    assert await flat.stands(OK) == "compensating"
    flat.asked.clock.move(2)
    half = (await flat.replay("steps_completed")).json()["steps"]
    assert [one["status"] for one in half] == ["compensating", "compensated"]
    flat.asked.clock.move(10)
    again = await flat.asked.sagas("POST", path, {}, headers={})
    assert (again.status_code, again.json()) == (400, {"detail": "SAGA is already compensated"})


@pytest.mark.parametrize(
    ("body", "kind", "where"),
    [
        ({}, "missing", ["body", "steps"]),
        ({"steps": [{"step_id": "a"}]}, "missing", ["body", "steps", 0, "service_url"]),
        ({"steps": ["a"]}, "dict_type", ["body", "steps", 0]),
        (body_of("ok") | {"pattern": "x"}, "enum", ["body", "pattern"]),
    ],
)
async def test_what_is_no_saga_is_listed(flat, body, kind, where):
    answer = await flat.asked.sagas("POST", "/saga/start", body, headers={})
    first = answer.json()["detail"][0]
    assert (answer.status_code, first["type"], first["loc"]) == (422, kind, where)


async def test_the_executions_of_the_other_side_are_there_too():
    asked = Asked(sagas="flat")
    found = (await asked.sagas("GET", "/saga", headers={})).json()["sagas"]
    assert {one["pattern"] for one in found} == {"orchestration"}
    assert {"completed", "compensated", "running"} <= {one["status"] for one in found}
