"""What is known of each DAG stays true, run by run."""

from datetime import timedelta

import pytest

from dli_tui.backends.airflow.book import KEPT, Book
from dli_tui.backends.airflow.convert import Dag
from dli_tui.domain.status import RunStatus
from tests.support_backends import NOW, row, run


def dag(dag_id, name=None):
    return Dag(dag_id, row(name or dag_id, airflow_dag_id=dag_id))


def a_run(number, **changes):
    return run(f"r{number}", workflow_id="a", created_at=NOW + timedelta(hours=number), **changes)


@pytest.fixture
def book():
    found = Book()
    found.take([dag("a")])
    return found


def ids(book):
    return [one.run_id for one in book.runs("a")]


def test_a_dag_whose_runs_were_never_asked_for_says_nothing_of_them(book):
    assert (book.runs("a"), book.row("a").active_runs) == (None, None)
    book.note([a_run(1)])
    assert book.runs("a") is None
    book.set_runs("a", [])
    assert (book.row("a").last_run, book.row("a").active_runs) == (None, 0)


def test_a_new_run_stands_by_its_time_and_the_oldest_goes(book):
    book.set_runs("a", [a_run(number) for number in range(KEPT, 0, -1)])
    book.note([a_run(11)])
    assert ids(book) == [f"r{number}" for number in range(11, 1, -1)]
    book.note([a_run(0)])
    assert ids(book)[-1] == "r2"


def test_a_run_that_moved_stays_where_it_stood(book):
    book.set_runs("a", [a_run(3), a_run(2), a_run(1)])
    book.note([a_run(1, status=RunStatus.RUNNING).twin(created_at=NOW + timedelta(days=9))])
    assert ids(book) == ["r3", "r2", "r1"]
    assert book.row("a").active_runs == 1


def test_a_dag_that_is_called_otherwise_now_is_found_by_its_new_name_alone(book):
    book.take([dag("a", "shop.orders")])
    assert (book.dag_id("shop.orders"), book.knows("shop.orders")) == ("a", True)
    book.take([dag("a", "shop.sales")])
    assert (book.dag_id("shop.sales"), book.knows("shop.orders")) == ("a", False)
    book.take([dag("b", "shop.orders")])
    assert book.dag_id("shop.orders") == "b"


@pytest.mark.parametrize("order", [("b", "x"), ("x", "b")])
def test_a_dag_has_its_own_id_though_another_claims_it_for_a_name(book, order):
    dags = {"b": dag("b", "x"), "x": dag("x")}
    for _ in range(2):
        book.take([dags[one] for one in order])
        assert {one.airflow_dag_id: one.dataset_name for one in book.rows()} == {
            "a": "a",
            "b": "b",
            "x": "x",
        }
        assert (book.dag_id("x"), book.dag_id("b")) == ("x", "b")


def test_a_name_that_two_claim_is_the_firsts_until_it_goes(book):
    book.take([dag("b", "x"), dag("c", "x")])
    assert [one.dataset_name for one in book.rows()] == ["a", "x", "c"]
    book.keep_only({"c"})
    book.take([dag("c", "x")])
    assert [one.dataset_name for one in book.rows()] == ["x"]
    assert book.dag_id("x") == "c"
