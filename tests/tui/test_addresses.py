"""A name, a run and a link are told apart by their words."""

import pytest

from dli_tui.tui.addresses import Aim, read, same_link

RUN = "scheduled__2026-11-21T06:00:00+00:00"
QUOTED = "scheduled__2026-11-21T06%3A00%3A00%2B00%3A00"


@pytest.mark.parametrize(
    ("said", "aim"),
    [
        ("orders_daily", Aim(word="orders_daily")),
        ("  orders_daily\n", Aim(word="orders_daily")),
        ("orders_daily/run_7", Aim(workflow="orders_daily", run="run_7")),
        ("orders_daily/", Aim(word="orders_daily/")),
        ("/run_7", Aim(word="/run_7")),
        ("", Aim(word="")),
    ],
)
def test_words(said, aim):
    assert read(said) == aim


@pytest.mark.parametrize(
    ("link", "workflow", "run"),
    [
        (f"https://airflow.example.com/dags/orders/runs/{QUOTED}", "orders", RUN),
        (f"https://airflow.example.com/team/dags/orders/runs/{QUOTED}/tasks/x", "orders", RUN),
        (f"https://airflow.example.com/dags/orders/grid?dag_run_id={QUOTED}", "orders", RUN),
        (f"https://a.example/log?dag_id=orders&dag_run_id={QUOTED}&task_id=x", "orders", RUN),
        (f"https://a.example/log?dag_id=orders&run_id={QUOTED}", "orders", RUN),
        (f"https://a.example/log?dag_id=orders&run_id={RUN}", "orders", RUN),
        (f"https://a.example/api/v1/dags/orders/dagRuns/{QUOTED}", "orders", RUN),
        ("https://a.example/dags/orders.%EB%A7%A4%EC%B6%9C/grid", "orders.매출", ""),
        ("https://a.example/#/workflows/orders?run_id=7", "orders", "7"),
        ("https://a.example/log?dag_id=1a2b&run=1763705400", "1a2b", "1763705400"),
        ("https://a.example/log?dag_id=&run_id=", "", ""),
        ("https://a.example/dags/", "", ""),
        ("https://a.example/", "", ""),
        ("https://[broken", "", ""),
    ],
)
def test_links(link, workflow, run):
    assert read(link) == Aim(workflow=workflow, run=run, link=link)


@pytest.mark.parametrize(
    ("other", "same"),
    [
        ("https://A.example/log?run=7&dag_id=x", True),
        ("https://a.example/log/?dag_id=x&run=7", True),
        ("https://a.example/log?dag_id=%78&run=7#end", True),
        ("https://a.example/log?dag_id=x&run=8", False),
        ("https://b.example/log?dag_id=x&run=7", False),
        ("https://[broken", False),
    ],
)
def test_the_same_page(other, same):
    assert same_link("https://a.example/log?dag_id=x&run=7", other) is same


def test_a_link_without_end_is_cut():
    assert len(read("https://a.example/?run=" + "7" * 100_000).run) < 5000
