"""What only some places have."""

from dli_tui.domain.capability import Capability
from dli_tui.domain.errors import ErrorCode
from dli_tui.domain.query import NewSaga
from dli_tui.domain.status import HealthStatus, SagaStatus
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


@needs(Capability.TEMPLATES)
async def test_what_is_filled_in_is_used_and_the_use_is_counted(backend):
    template = next(one for one in await backend.templates() if one.placeholders)
    given = {name: f"given-{place}" for place, name in enumerate(template.placeholders)}
    made = await backend.create_from_template(
        NewFromTemplate(
            template_id=template.id,
            workflow_name="from.template",
            custom_config=template.custom_config(given),
        )
    )
    assert made.cron is None
    counted = await backend.template(template.id)
    assert counted.usage_count == template.usage_count + 1
    assert counted in await backend.templates()
    info = await backend.dataset_info("from.template")
    for name, value in given.items():
        assert value in info.spec
        assert f"{{{{{name}}}}}" not in info.spec


@needs(Capability.TEMPLATES)
async def test_a_name_that_is_taken_makes_nothing_of_a_template(backend, place):
    template = (await backend.templates())[0]
    request = NewFromTemplate(template_id=template.id, workflow_name=place.manual)
    await refused(backend.create_from_template(request), ErrorCode.WORKFLOW_ALREADY_EXISTS)
    assert await backend.template(template.id) == template


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


async def _given(backend):
    """A saga that can be started there: a kind with all that it has to be given."""
    kinds = await backend.saga_types()
    if not kinds:
        return NewSaga("any_word", {"id": 1}, "run-1")
    return NewSaga(kinds[0].name, dict.fromkeys(kinds[0].required_fields, "x"), "run-1")


@needs(Capability.SAGAS)
async def test_a_saga_that_is_started_goes_step_by_step_to_its_end(backend, clock):
    request = await _given(backend)
    made = await backend.start_saga(request)
    assert (made.saga_type, made.input_data) == (request.saga_type, request.input_data)
    assert made.correlation_id == "run-1"
    assert made in await backend.sagas()
    seen, since = [made], clock.now()
    while not seen[-1].status.is_terminal:
        assert (clock.now() - since).total_seconds() < 600
        clock.move(5)
        seen.append(await backend.saga(made.saga_id))
    through = [sum(one.status.is_terminal for one in saga.steps) for saga in seen]
    assert through == sorted(through)
    assert (through[0], through[-1]) == (0, len(seen[-1].steps))
    assert len(set(through)) > 2, "one step after the other"
    assert seen[-1].status is SagaStatus.COMPLETED
    assert since <= seen[-1].finished_at <= clock.now()


@needs(Capability.SAGAS)
async def test_two_sagas_started_at_once_are_two(backend):
    request = await _given(backend)
    ids = {(await backend.start_saga(request)).saga_id for _ in range(3)}
    assert len(ids) == 3
    assert ids <= {saga.saga_id for saga in await backend.sagas()}


@needs(Capability.SAGAS)
async def test_a_saga_that_was_started_can_be_cancelled(backend, clock):
    made = await backend.start_saga(await _given(backend))
    clock.move(20)
    assert (await backend.cancel_saga(made.saga_id)).cancel_requested
    clock.move(600)
    over = await backend.saga(made.saga_id)
    assert over.status.is_terminal
    assert over.status is not SagaStatus.COMPLETED


@needs(Capability.SAGAS)
async def test_where_the_kinds_are_known_no_other_is_started(backend):
    if await backend.saga_types():
        before = await backend.sagas()
        state = ErrorCode.WORKFLOW_EXECUTION_FAILED
        await refused(backend.start_saga(NewSaga("no such kind")), state)
        assert await backend.sagas() == before


@needs(Capability.HEALTH)
async def test_what_a_health_report_counts_makes_sense(backend, clock):
    health = await backend.health()
    for broken in health.import_errors or ():
        assert broken.name
        assert broken.message
        assert broken.at is None or broken.at <= clock.now()
    for budget in health.budgets:
        assert 0 <= budget.remaining <= budget.limit
        assert budget.resets_at is None or budget.resets_at > clock.now()


@needs(Capability.HEALTH)
async def test_a_health_report_names_its_parts(backend):
    health = await backend.health()
    assert health.status is not HealthStatus.UNKNOWN
    assert health.components
    assert all(part.name for part in health.components)
