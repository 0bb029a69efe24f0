"""Which workflow an address means."""

import pytest

from dli_tui.backends.pyairtable.book import Book
from dli_tui.backends.pyairtable.convert import one_workflow
from dli_tui.domain.errors import WorkflowExecutionError, WorkflowNotFoundError
from dli_tui.domain.status import RunStatus
from tests.backends.pyairtable.recorded import workflow
from tests.support_backends import NOW, run


def book_of(**names):
    book = Book(lambda: NOW)
    told = [one_workflow(workflow(int(key[1:]), name)) for key, name in names.items()]
    book.take(told, whole=True)
    return book


def test_a_name_means_the_one_that_bears_it_and_a_number_sign_means_an_id():
    book = book_of(w1="Daily Sync", w2="other")
    assert (book.id_of("Daily Sync"), book.id_of("#2"), book.name("2")) == ("1", "2", "other")
    assert book.id_of("Daily") is None
    assert book.id_of("#9") is None
    with pytest.raises(WorkflowNotFoundError):
        book.require_id("Daily")


def test_a_name_held_twice_is_refused_with_the_ids_and_each_has_an_address():
    book = book_of(w1="twice", w3="twice", w4="once")
    assert [book.name(own_id) for own_id in book.ids] == ["twice #1", "twice #3", "once"]
    with pytest.raises(WorkflowExecutionError) as caught:
        book.id_of("twice")
    assert caught.value.hint == "Say which by its id: #1, #3"
    assert (book.id_of("twice #3"), book.id_of("#1")) == ("3", "1")
    assert [info.dataset_name for info in book.infos()] == ["twice #1", "twice #3", "once"]


def test_an_address_that_is_made_up_never_hides_a_name():
    book = book_of(w1="a", w2="a", w3="a #1")
    assert [book.name(own_id) for own_id in book.ids] == ["#1", "a #2", "a #1"]
    assert book.id_of("a #1") == "3"


def test_once_one_of_two_is_gone_the_other_has_its_name_back():
    book = book_of(w1="twice", w3="twice")
    book.drop("1")
    assert (book.ids, book.name("3"), book.id_of("twice")) == (("3",), "twice", "3")


def test_those_that_ran_since_are_told_apart_from_those_that_rest():
    book = book_of(w1="a", w2="b")
    more = [one_workflow(workflow(1, "a")), one_workflow(workflow(2, "b", total_executions=1))]
    assert book.take(more, whole=True) == ["2"]
    assert book.take([one_workflow(workflow(3, "c"))]) == ["3"]
    assert book.ids == ("1", "2", "3")


def test_runs_go_with_their_workflow_and_say_whose_they_are():
    book = book_of(w1="a", w2="b")
    book.keep("1", [run("7", RunStatus.RUNNING), run("6")])
    assert (book.owner("7"), book.owner("9")) == ("1", None)
    assert book.under_way() == ["1"]
    assert book.info("1").last_run.run_id == "7"
    book.take([one_workflow(workflow(2, "b"))], whole=True)
    assert book.runs("1") is None
    assert book.under_way() == []
