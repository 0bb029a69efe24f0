"""Registering and unregistering."""

import pytest

from dli_tui.domain.capability import Capability
from dli_tui.domain.errors import ErrorCode
from dli_tui.domain.query import Registration, RunRequest
from dli_tui.domain.schedule import (
    NotificationConfig,
    NotificationTarget,
    RetryConfig,
    ScheduleConfig,
)
from dli_tui.domain.status import ResultStatus, SourceType, WorkflowStatus
from tests.backends.contract.places import history, needs, refused
from tests.support import row_of

NEW = "brand.new"
SLACK = NotificationTarget(type="slack", channel="#data")


def registration(place, name=NEW, cron="0 4 * * *", **more):
    schedule = ScheduleConfig(
        cron=cron,
        timezone=place.zone,
        retry=RetryConfig(max_attempts=3),
        notifications=NotificationConfig(on_failure=(SLACK,)),
    )
    return Registration(name, schedule, **more)


@needs(Capability.REGISTER)
async def test_what_is_registered_is_a_manual_row_with_all_that_was_given(backend, place, clock):
    made = await backend.register(
        registration(
            place, owner="o@example.com", team="@t", description="d", yaml_content="name: x\n"
        )
    )
    assert await backend.workflow(NEW) == (made,)
    assert (made.source_type, made.status) == (SourceType.MANUAL, WorkflowStatus.ACTIVE)
    assert (made.cron, made.timezone) == ("0 4 * * *", place.zone)
    assert (made.owner, made.team, made.description) == ("o@example.com", "@t", "d")
    assert made.retry.max_attempts == 3
    assert made.notifications.on_failure == (SLACK,)
    assert made.next_run > clock.now()
    assert made.last_run is None


@needs(Capability.REGISTER)
async def test_a_new_schedule_fires_from_then_on_and_not_before(backend, place, clock):
    await backend.register(registration(place, cron="*/10 * * * *"))
    assert await history(backend, workflow=NEW) == []
    since = clock.now()
    clock.move(25 * 60)
    slots = [run.slot for run in await history(backend, workflow=NEW)]
    assert len(slots) == 2
    assert min(slots) > since


@needs(Capability.REGISTER)
@pytest.mark.parametrize("force", [False, True])
@pytest.mark.parametrize("role", ["code", "pair"])
async def test_nothing_is_registered_over_code(backend, place, role, force):
    name = getattr(place, role)
    before = await backend.workflow(name)
    request = registration(place, name, force=force)
    await refused(backend.register(request), ErrorCode.WORKFLOW_PERMISSION_DENIED)
    assert await backend.workflow(name) == before


@needs(Capability.REGISTER)
async def test_manual_is_replaced_by_force_only(backend, place):
    before = await backend.workflow(place.manual)
    await refused(
        backend.register(registration(place, place.manual)), ErrorCode.WORKFLOW_ALREADY_EXISTS
    )
    assert await backend.workflow(place.manual) == before
    made = await backend.register(registration(place, place.manual, cron="59 23 * * 0", force=True))
    assert made.cron == "59 23 * * 0"
    # What can't be kept there is said once.
    assert await backend.workflow(place.manual) == (made.twin(warning=None),)


@needs(Capability.REGISTER)
@pytest.mark.parametrize("cron", ["bad", "0 0 0 * * *", "@daily", "60 0 * * *", "0 0 31 2 *"])
async def test_a_bad_cron_is_not_registered(backend, place, cron):
    await refused(backend.register(registration(place, cron=cron)), ErrorCode.WORKFLOW_INVALID_CRON)
    assert await backend.workflow(NEW) == ()


@needs(Capability.UNREGISTER)
async def test_what_is_unregistered_is_gone(backend, place):
    result = await backend.unregister(place.manual)
    assert (result.dataset_name, result.status) == (place.manual, ResultStatus.SUCCESS)
    assert await backend.workflow(place.manual) == ()


@needs(Capability.REGISTER, Capability.UNREGISTER)
async def test_who_registers_a_name_again_begins_anew(backend, place):
    await backend.unregister(place.manual)
    made = await backend.register(registration(place, place.manual))
    assert (made.cron, made.last_run, made.is_running) == ("0 4 * * *", None, False)


@needs(Capability.REGISTER, Capability.UNREGISTER, Capability.RUN, Capability.STOP)
async def test_a_run_of_a_name_registered_again_is_not_the_old_one(backend, place, clock):
    old = await backend.run(RunRequest(place.manual))
    run = await backend.run_status((await history(backend, workflow=place.manual, limit=1))[0].ref)
    assert run.run_id == old.run_id
    await backend.stop(run.ref)
    await backend.unregister(place.manual, force=True)
    await backend.register(registration(place, place.manual))
    await backend.run(RunRequest(place.manual))
    clock.move(8)
    row = await row_of(backend, place.manual)
    assert row.last_run.status.is_running
    assert row.last_run.stopped_by is None


@needs(Capability.UNREGISTER)
@pytest.mark.parametrize("force", [False, True])
@pytest.mark.parametrize("role", ["code", "pair"])
async def test_code_is_not_unregistered_and_the_manual_file_of_a_pair_stays(
    backend, place, role, force
):
    name = getattr(place, role)
    before = await backend.workflow(name)
    request = backend.unregister(name, force=force)
    await refused(request, ErrorCode.WORKFLOW_PERMISSION_DENIED)
    assert await backend.workflow(name) == before


@needs(Capability.UNREGISTER, Capability.RUN)
async def test_with_active_runs_only_force_unregisters(backend, place):
    await backend.run(RunRequest(place.manual))
    await refused(backend.unregister(place.manual), ErrorCode.WORKFLOW_UNREGISTER_FAILED)
    assert len(await backend.workflow(place.manual)) == 1
    await backend.unregister(place.manual, force=True)
    assert await backend.workflow(place.manual) == ()


@needs(Capability.UNREGISTER)
async def test_what_nobody_knows_is_not_unregistered(backend):
    await refused(backend.unregister("no.such.workflow"), ErrorCode.WORKFLOW_NOT_FOUND)
