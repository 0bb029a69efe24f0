"""What only some places have."""

from dli_tui.domain.capability import Capability
from dli_tui.domain.errors import ErrorCode
from dli_tui.domain.health import HealthStatus
from dli_tui.domain.saga import SagaStatus
from dli_tui.domain.template import NewFromTemplate
from tests.backends.contract.places import needs, refused


@needs(Capability.TEMPLATES)
async def test_a_category_holds_as_many_templates_as_it_says(backend):
    shelves = await backend.template_categories()
    assert shelves
    for shelf in shelves:
        found = await backend.templates(category=shelf.name)
        assert {template.category for template in found} == {shelf.name}
        assert len(found) == shelf.count
    assert await backend.templates(category="no such shelf") == ()


@needs(Capability.TEMPLATES)
async def test_templates_are_found_by_a_part_of_their_name(backend):
    everything = await backend.templates()
    wanted = everything[-1]
    found = await backend.templates(search=wanted.name[1:-1].upper())
    assert wanted in found
    assert len(found) < len(everything)
    assert await backend.templates(search="no such template") == ()


@needs(Capability.TEMPLATES)
async def test_a_template_is_found_by_its_id(backend):
    for template in await backend.templates():
        assert await backend.template(template.id) == template
    await refused(backend.template("no-such-id"), ErrorCode.WORKFLOW_NOT_FOUND)


@needs(Capability.TEMPLATES)
async def test_a_workflow_is_made_from_a_template(backend):
    template = (await backend.templates())[0]
    made = await backend.create_from_template(
        NewFromTemplate(
            template_id=template.id,
            workflow_name="from.template",
            cron_schedule="0 9 * * 1",
            is_scheduled=True,
        )
    )
    assert (made.dataset_name, made.cron) == ("from.template", "0 9 * * 1")
    assert await backend.workflow("from.template") == (made,)


@needs(Capability.SAGAS)
async def test_sagas_come_newest_first_and_are_found_by_their_id(backend):
    sagas = await backend.sagas()
    moments = [saga.created_at for saga in sagas]
    assert len(moments) > 1
    assert moments == sorted(moments, reverse=True)
    for saga in sagas:
        assert await backend.saga(saga.saga_id) == saga
    await refused(backend.saga("no-such-id"), ErrorCode.WORKFLOW_NOT_FOUND)


@needs(Capability.SAGAS)
async def test_a_saga_that_is_asked_to_stop_undoes_what_it_did(backend, clock):
    sagas = await backend.sagas()
    running = next(saga for saga in sagas if saga.status is SagaStatus.RUNNING)
    asked = await backend.cancel_saga(running.saga_id)
    assert asked.cancel_requested
    assert not asked.status.is_terminal
    since = clock.now()
    while not (saga := await backend.saga(running.saga_id)).status.is_terminal:
        assert (clock.now() - since).total_seconds() < 600
        clock.move(5)
    assert since <= saga.finished_at <= clock.now()
    assert saga.created_at == running.created_at
    clock.move(7200)
    assert await backend.saga(running.saga_id) == saga


@needs(Capability.SAGAS)
async def test_a_saga_that_is_over_is_not_cancelled(backend):
    over = [saga for saga in await backend.sagas() if saga.status.is_terminal]
    assert over
    for saga in over:
        state = ErrorCode.WORKFLOW_INVALID_STATE
        await refused(backend.cancel_saga(saga.saga_id), state)
        assert not (await backend.saga(saga.saga_id)).cancel_requested


@needs(Capability.HEALTH)
async def test_a_health_report_names_its_parts(backend):
    health = await backend.health()
    assert health.status is not HealthStatus.UNKNOWN
    assert health.components
    assert all(part.name for part in health.components)
