"""Making definitions, templates and events: what is checked, what is sent, what is looked for."""

from datetime import timedelta

import pytest

from dli_tui.client import WorkflowClient
from dli_tui.domain.errors import (
    AnswerLostError,
    DLIError,
    ErrorCode,
    WorkflowNotFoundError,
)
from dli_tui.domain.query import NewConfiguration, NewEvent, NewSaga
from dli_tui.domain.saga import Saga
from dli_tui.domain.status import SagaStatus
from dli_tui.domain.template import NewFromTemplate, Template, TemplateDraft
from tests.support import ManualClock
from tests.support_backends import NOW, ScriptedBackend, row

LOG = {"steps": [{"name": "a", "type": "log", "config": {"message": "hi {{who}}"}}]}
PLAIN = {"steps": [{"name": "a", "type": "log", "config": {"message": "hi"}}]}
DRAFT = TemplateDraft(name="Greeting", template_config=LOG, tags=("words",))
DEEDS = {
    "configure": lambda c: c.configure(NewConfiguration("d", PLAIN)),
    "create_template": lambda c: c.create_template(DRAFT),
    "update_template": lambda c: c.update_template("7", DRAFT),
    "delete_template": lambda c: c.delete_template("7"),
    "publish": lambda c: c.publish(NewEvent(" order.paid ", {"id": 7}, "order", "7")),
}


class Shelved(ScriptedBackend):
    """A place whose templates are what a test puts there."""

    def __init__(self, *templates, **cues):
        super().__init__([row("d")], **cues)
        self.shelf = list(templates)
        self.going: tuple[Saga, ...] = ()

    async def templates(self, *, category=None, search=None):
        return tuple(self.shelf)

    async def sagas(self):
        return self.going

    async def template(self, template_id):
        found = next((one for one in self.shelf if one.id == template_id), None)
        if found is None:
            raise WorkflowNotFoundError("gone")
        return found


def kept(draft=DRAFT, template_id="7", **more):
    """A template as it is kept there."""
    return Template(id=template_id, **dict(draft), **more)


def client_of(backend, **options):
    return WorkflowClient(backend, clock=ManualClock(NOW), **options)


async def refused(awaitable, code):
    with pytest.raises(DLIError) as caught:
        await awaitable
    assert caught.value.code is code
    assert caught.value.hint
    return caught.value


@pytest.mark.parametrize("name", DEEDS)
async def test_each_is_sent_once(name):
    backend = Shelved(kept())
    await DEEDS[name](client_of(backend))
    assert backend.sent == [name]


@pytest.mark.parametrize("name", DEEDS)
async def test_none_is_sent_where_nothing_may_be_changed(name):
    backend = Shelved(kept())
    client = client_of(backend, read_only=True)
    error = await refused(DEEDS[name](client), ErrorCode.WORKFLOW_PERMISSION_DENIED)
    assert "read-only" in error.message
    assert backend.sent == []


async def test_an_event_is_told_as_it_was_given():
    backend = Shelved()
    told = await DEEDS["publish"](client_of(backend))
    assert backend.arrived("publish") == [NewEvent("order.paid", {"id": 7}, "order", "7")]
    assert told.event_id == "e1"


WRONG = {"steps": [{"name": "a", "type": "lgo"}, {"name": "b", "type": "delay", "config": {}}]}


@pytest.mark.parametrize(
    "deed",
    [
        lambda c: c.configure(NewConfiguration("d", WRONG)),
        lambda c: c.create_template(DRAFT.twin(template_config=WRONG)),
        lambda c: c.update_template("7", DRAFT.twin(template_config=WRONG)),
    ],
)
async def test_what_is_wrong_with_a_definition_is_named_and_nothing_is_sent(deed):
    backend = Shelved(kept())
    error = await refused(deed(client_of(backend)), ErrorCode.WORKFLOW_REGISTRATION_FAILED)
    assert "step a, type: there is no kind of step 'lgo'; did you mean log?" in error.message
    assert error.message.endswith(", and 1 more")
    assert backend.calls == []


async def test_a_variable_is_for_templates_alone():
    client = client_of(Shelved())
    await client.create_template(DRAFT)
    await refused(
        client.configure(NewConfiguration("d", LOG)), ErrorCode.WORKFLOW_REGISTRATION_FAILED
    )


@pytest.mark.parametrize(
    ("deed", "code"),
    [
        (lambda c: c.publish(NewEvent(" ")), ErrorCode.CONFIG_INVALID),
        (lambda c: c.publish(NewEvent("e", {"a": float("nan")})), ErrorCode.CONFIG_INVALID),
        (lambda c: c.create_template(DRAFT.twin(name=" ")), ErrorCode.WORKFLOW_REGISTRATION_FAILED),
        (
            lambda c: c.create_template(DRAFT.twin(default_cron_schedule="@daily")),
            ErrorCode.WORKFLOW_INVALID_CRON,
        ),
        (
            lambda c: c.create_from_template(
                NewFromTemplate(template_id="1", workflow_name="two\nlines")
            ),
            ErrorCode.WORKFLOW_REGISTRATION_FAILED,
        ),
    ],
)
async def test_what_can_not_be_is_not_sent(deed, code):
    backend = Shelved()
    await refused(deed(client_of(backend)), code)
    assert backend.calls == []


async def test_a_name_may_be_any_line_where_the_place_says_so():
    backend = Shelved()
    request = NewFromTemplate(template_id="1", workflow_name="Daily Sync (north)")
    await refused(
        client_of(backend).create_from_template(request), ErrorCode.WORKFLOW_REGISTRATION_FAILED
    )
    backend.any_names = True
    await client_of(backend).create_from_template(request)
    assert backend.sent == ["create_from_template"]


# Lost answers


def lost(name, *templates, rows=()):
    backend = Shelved(*templates, **{name: [AnswerLostError("cut")]})
    backend.rows = list(rows)
    return backend


@pytest.mark.parametrize(
    ("name", "backend"),
    [
        ("configure", lost("configure", rows=[row("d", workflow_config=PLAIN)])),
        ("update_template", lost("update_template", kept())),
        ("delete_template", lost("delete_template")),
    ],
)
async def test_what_is_seen_to_have_happened_is_the_answer(name, backend):
    await DEEDS[name](client_of(backend))
    assert backend.sent == [name], "sent once, whatever became of it"


@pytest.mark.parametrize(
    ("name", "backend"),
    [
        ("configure", lost("configure", rows=[row("d", workflow_config=LOG)])),
        ("create_template", lost("create_template", kept(DRAFT.twin(description="other")))),
        ("create_template", lost("create_template", kept(created_at=NOW - timedelta(days=1)))),
        ("update_template", lost("update_template", kept(DRAFT.twin(tags=())))),
        ("delete_template", lost("delete_template", kept())),
    ],
)
async def test_what_is_not_seen_is_unconfirmed(name, backend):
    with pytest.raises(AnswerLostError):
        await DEEDS[name](client_of(backend))
    assert backend.sent == [name]


@pytest.mark.parametrize(
    ("name", "backend", "says"),
    [
        ("create_template", lost("create_template", kept(created_at=NOW)), "perhaps yours: 7"),
        (
            "create_template",
            lost("create_template", kept(DRAFT.twin(category="words"), created_at=NOW)),
            "perhaps yours: 7",
        ),
        ("publish", lost("publish"), "can't be seen from here"),
    ],
)
async def test_what_may_be_somebody_elses_is_said_to_be(name, backend, says):
    with pytest.raises(AnswerLostError, match=says):
        await DEEDS[name](client_of(backend))
    assert backend.sent == [name]


def saga(**more):
    known = {"saga_id": "s7", "saga_type": "kind", "status": SagaStatus.RUNNING}
    return Saga(**{**known, "created_at": NOW, **more})


@pytest.mark.parametrize(
    ("found", "correlation_id"),
    [
        (saga(correlation_id="of its own"), None),
        (saga(correlation_id="run-1", input_data={"id": 7}), "run-1"),
        (saga(saga_type="orchestration", input_data={"created_by": "t"}), "run-1"),
    ],
    ids=["an id of the server's own", "ours", "a kind that isn't told"],
)
async def test_a_saga_that_may_be_ones_own_is_never_said_not_to_be_there(found, correlation_id):
    backend = Shelved(start_saga=[AnswerLostError("cut")])
    backend.going = (found,)
    with pytest.raises(AnswerLostError, match="perhaps yours: s7"):
        await client_of(backend).start_saga(NewSaga("kind", {"id": 7}, correlation_id))


@pytest.mark.parametrize(
    "found",
    [
        saga(saga_type="other"),
        saga(correlation_id="run-2"),
        saga(correlation_id="run-1", input_data={"id": 8}),
        saga(created_at=NOW - timedelta(days=1), correlation_id="run-1"),
    ],
)
async def test_a_saga_of_something_else_is_not_taken_for_ones_own(found):
    backend = Shelved(start_saga=[AnswerLostError("cut")])
    backend.going = (found,)
    with pytest.raises(AnswerLostError):
        await client_of(backend).start_saga(NewSaga("kind", {"id": 7}, "run-1"))


async def test_a_template_makes_no_second_workflow_of_a_name():
    backend = Shelved()
    request = NewFromTemplate(template_id="1", workflow_name="d")
    await refused(
        client_of(backend).create_from_template(request), ErrorCode.WORKFLOW_ALREADY_EXISTS
    )
    assert backend.sent == []
