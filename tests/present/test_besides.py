"""Which templates and sagas a filter leaves, and in what order."""

from dli_tui.domain.status import SagaStatus
from dli_tui.present.besides import SagaRow, TemplateRow, sagas_fitting, templates_fitting

RUNNING, FAILED = SagaStatus.RUNNING, SagaStatus.FAILED


def template(name, category="general", text="", tags=()):
    return TemplateRow(
        raw=name,
        name=name,
        category=category,
        shelf=category.title(),
        tags=", ".join(tags),
        labels=tags,
        steps=1,
        uses=0,
        version="",
        found_by=f"{name} {text}".casefold(),
    )


def saga(name, status=RUNNING, found_by=""):
    return SagaRow(
        raw=name, name=name, kind="t", status=status, word="", cancelling=False, done=0, total=0,
        undone=0, to_undo=0, created=None, started=None, finished=None, error="", correlation="",
        tenant="", inputs=(), found_by=found_by or name,
    )  # fmt: skip


def names(rows):
    return [row.name for row in rows]


def test_templates_stand_shelf_by_shelf():
    rows = [template("b", "sync"), template("z", "files"), template("A", "sync")]
    assert names(templates_fitting(rows, None, "")) == ["z", "A", "b"]


def test_every_word_of_a_search_has_to_be_found():
    rows = [template("Copy a table", text="nightly"), template("Copy a file")]
    assert names(templates_fitting(rows, None, "COPY night")) == ["Copy a table"]
    assert names(templates_fitting(rows, None, "copy  ")) == ["Copy a file", "Copy a table"]
    assert templates_fitting(rows, None, "zzz") == []


def test_a_category_is_compared_as_the_server_wrote_it():
    rows = [template("a", "sync"), template("b", "Sync")]
    assert names(templates_fitting(rows, "sync", "")) == ["a"]


def test_sagas_keep_their_order():
    rows = [saga("s3", FAILED), saga("s2"), saga("s1", FAILED)]
    assert names(sagas_fitting(rows, FAILED, "")) == ["s3", "s1"]
    assert names(sagas_fitting(rows, None, "S2")) == ["s2"]
    assert sagas_fitting(rows, RUNNING, "s3") == []


def test_a_tag_leaves_those_that_are_filed_under_it():
    rows = [template("a", tags=("api", "http")), template("b", tags=("apis",)), template("c")]
    assert [row.name for row in templates_fitting(rows, None, "", "api")] == ["a"]
