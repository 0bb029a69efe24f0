"""An Airflow on loopback that answers as the recorded one did, and writes down what it is asked.

Requests are what a large Airflow suffers from: its one worker answers a few a second.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Final, NamedTuple

import httpx

from tests.backends.airflow.fake import FakeAirflow, at

RUNS: Final = 10
_HOURS: Final = 24
_OURS: Final = ("date", "content-length", "content-encoding", "transfer-encoding")


class Request(NamedTuple):
    """When something was asked, and how long its line was."""

    at: float
    length: int


class Counted:
    """What was asked of it so far, and where it listens."""

    def __init__(self, url: str, requests: list[Request]) -> None:
        self.url, self.requests = url, requests

    def until(self, moment: float) -> int:
        """How many had been asked by then."""
        return sum(one.at <= moment for one in self.requests)


@contextmanager
def airflow(dags: int, *, scheduled: bool = False) -> Iterator[Counted]:
    """So many DAGs with ten runs each, of which none moves; by hand only unless `scheduled`."""
    fake, requests, one_at_a_time = FakeAirflow(), list[Request](), threading.Lock()
    ids = [f"team.area.d{number:05}" for number in range(dags)]
    if scheduled:
        _schedule(fake, ids)
    else:
        for dag_id in ids:
            fake.dag(dag_id, runs=RUNS)

    class Answering(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self._answer(b"")

        def do_POST(self) -> None:
            self._answer(self.rfile.read(int(self.headers.get("Content-Length", 0))))

        def _answer(self, body: bytes) -> None:
            requests.append(Request(time.perf_counter(), len(self.requestline)))
            asked = httpx.Request(self.command, f"http://airflow{self.path}", content=body)
            # Its one worker does one thing at a time.
            with one_at_a_time:
                reply = fake(asked)
            self.send_response(reply.status_code)
            for name, value in reply.headers.items():
                if name not in _OURS:
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(reply.content)))
            self.end_headers()
            self.wfile.write(reply.content)

        def log_message(self, *words: object) -> None:
            """Nobody reads it."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Answering) as server:
        server.daemon_threads = True
        listening = threading.Thread(target=server.serve_forever, daemon=True)
        listening.start()
        try:
            yield Counted(f"http://127.0.0.1:{server.server_port}", requests)
        finally:
            server.shutdown()


def _schedule(fake: FakeAirflow, ids: Sequence[str]) -> None:
    """DAGs that run each day in a zone that nothing tells, with what people say of theirs."""
    for number, dag_id in enumerate(ids):
        row = fake.dag(dag_id)
        if number < _HOURS:
            fake.schedules(dag_id, f"{number} {number} * * *", "Asia/Seoul", length="next")
        row |= {**fake.dags[ids[number % _HOURS]], "dag_id": dag_id}
        row["tags"] = [{"name": f"team:{number % 40}"}, {"name": "prod"}]
        row["description"] = f"Loads table {number} from the warehouse into the lake"
    dates = [fake.dates_of(dag_id)[-RUNS:] for dag_id in ids[:_HOURS]]
    for number, dag_id in enumerate(ids):
        for start, end in dates[number % _HOURS]:
            ends = {"data_interval_start": at(start), "data_interval_end": at(end)}
            fake.run(dag_id, f"scheduled__{at(start)}", when=start, **ends)
