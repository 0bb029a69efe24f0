"""An Airflow for httpx.MockTransport: it answers as the recorded one did, in either dialect.

The bodies are those of the samples with other values in them, so that a key which only we think
of is never there.
"""

import json
import re
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from itertools import pairwise, takewhile
from pathlib import Path
from urllib.parse import unquote

import httpx

from dli_tui.backends.airflow.adapter import AirflowBackend
from dli_tui.config.model import Kind, Profile
from dli_tui.domain.schedule import fires as iter_fires
from dli_tui.domain.schedule import fires_between, next_fire
from tests.backends.airflow.fakebackfills import FakeBackfills
from tests.backends.airflow.fakedoor import ENVIRONMENT, Door
from tests.backends.airflow.fakelogs import Logs
from tests.support import ManualClock

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
SAMPLES = Path(__file__).parent / "samples"
_FAILED = ("failed", "upstream_failed")
_REFERENCE = ("dag_id", "dag_run_id", "execution_date", "task_id")


def sample(name):
    """One recorded request and its reply."""
    return json.loads((SAMPLES / f"{name}.json").read_text(encoding="utf-8"))


_KEPT = {
    f"v{version}/{name}": sample(f"v{version}/{name}")
    for version in (1, 2)
    for name in (
        *("version", "dags_list", "dagruns_list", "task_instances", "tasks", "health", "pools"),
        *(
            "err_404_dag",
            "err_404_log",
            "err_404_run",
            "err_404_path",
            "err_409_trigger_dup",
            "err_401",
        ),
        *("import_errors", "task_log_json"),
    )
} | {f"v2/{name}": sample(f"v2/{name}") for name in ("err_401_bad_token", "err_403")}


_OF_BACKFILLS = {
    name: sample(f"v2/{name}")
    for name in (
        *("backfill_create", "err_404_backfill", "err_404_backfill_cancel"),
        *("err_409_backfill", "err_409_backfill_completed", "err_backfill_nosched"),
    )
}


def at(moment):
    """A moment as Airflow writes it."""
    return None if moment is None else moment.isoformat()


_UNKNOWN_TO_2 = frozenset({"run_type", "run_id_pattern"})


class FakeAirflow(Door, Logs):
    """DAGs with runs, a door, and a list of what was asked."""

    def __init__(self, version=2, *, prefix="", door=None):
        self.version, self.prefix, self.door = version, prefix, door
        self.takes_notes = True
        self.root, self.now = f"/api/v{version}", NOW
        self.dags, self.runs, self.tasks, self.logs = {}, {}, {}, {}
        self.may_write, self.is_lost = True, False
        self.most_of_a_batch, self.most_of_a_page = 1_000, 100
        self.shapes, self.warnings = {}, []
        self.requests, self.said = [], []
        self.backfills = FakeBackfills(self, _OF_BACKFILLS)
        self.tokens, self.signed = set(), 0
        self.bad_token = "err_401"

    # What is there

    def dag(self, dag_id, *, runs=0, tags=(), every=timedelta(days=1), **more):
        """A DAG with so many runs that were good, the last one just before now."""
        row = dict(_KEPT[self._kept("dags_list")]["body"]["dags"][0])
        row |= {"dag_id": dag_id, "tags": [{"name": tag} for tag in tags]}
        self.dags[dag_id] = row
        self.schedules(dag_id, None)
        row |= more
        for number in range(runs):
            slot = NOW - every * (runs - number)
            self.run(dag_id, f"scheduled__{at(slot)}", when=slot)
        return row

    def schedules(self, dag_id, cron, zone="UTC", *, length=None):
        """Give a DAG a cron, which is read in a zone that nothing tells.

        Its data intervals end with the next date (`length` "next"), have a fixed length before
        the cron fires, or none. Without a cron it runs by hand only.
        """
        row = self.dags[dag_id]
        row |= {"_fires": (cron, zone, length), "max_active_runs": 16}
        if cron is None:
            row |= dict.fromkeys(one for one in row if one.startswith("next_dagrun"))
            row |= {"timetable_description": "Never, external triggers only"}
            row |= {"schedule_interval" if self.version == 1 else "timetable_summary": None}
            return
        row["timetable_description"] = f"cron {cron}"
        fires = iter_fires(cron, zone, self.now - timedelta(days=400))
        passed = [
            moment.astimezone(UTC) for moment in takewhile(lambda one: one <= self.now, fires)
        ]
        coming = next_fire(cron, zone, self.now)
        start, end = coming, coming
        if length == "next":
            start = passed[-1]
        elif length is not None:
            start = coming - length
        row |= {"next_dagrun_data_interval_start": at(start)}
        row |= {"next_dagrun_data_interval_end": at(end)}
        if self.version == 1:
            row |= {"schedule_interval": {"__type": "CronExpression", "value": cron}}
            row |= {"next_dagrun": at(start), "next_dagrun_create_after": at(end)}
        else:
            row |= {"timetable_summary": cron, "next_dagrun_logical_date": at(start)}
            row["next_dagrun_run_after"] = at(end)

    def dates_of(self, dag_id):
        """The logical dates of a DAG that are due, with their data intervals."""
        cron, zone, length = self.dags[dag_id]["_fires"]
        start = self.now - timedelta(days=400)
        fires = [one.astimezone(UTC) for one in fires_between(cron, zone, start, self.now)]
        if length == "next":
            return list(pairwise(fires))
        return [(one - (length or timedelta()), one) for one in fires]

    def ran_by_schedule(self, dag_id, *days):
        """Let the scheduler have run the dates of these days of UTC."""
        for start, end in self.dates_of(dag_id):
            if start.date() in days:
                made = self.run(dag_id, f"scheduled__{at(start)}", when=start)
                made |= {"data_interval_start": at(start), "data_interval_end": at(end)}

    def run(self, dag_id, run_id, *, when=None, state="success", **more):
        """A run as it is told; `_moved` is when it last did."""
        when = when or self.now
        row = dict(_KEPT[self._kept("dagruns_list")]["body"]["dag_runs"][0])
        kind = run_id.partition("__")[0]
        kind = kind if kind in ("scheduled", "backfill") else "manual"
        row |= dict.fromkeys(("note", "end_date", "last_scheduling_decision"))
        row |= {"dag_id": dag_id, "dag_run_id": run_id, "state": state, "conf": {}}
        row |= {"run_type": kind, "start_date": None if state == "queued" else at(when)}
        row |= {"logical_date": at(when) if kind == "scheduled" or self.version == 1 else None}
        row |= {
            "data_interval_start": row["logical_date"],
            "data_interval_end": row["logical_date"],
        }
        if self.version == 1:
            row["execution_date"] = row["logical_date"]
        else:
            row |= {"run_after": at(when), "queued_at": at(when), "duration": None}
            row["triggering_user_name"] = "admin" if kind == "manual" else None
        if state in ("success", "failed"):
            row["end_date"] = at(when + timedelta(minutes=5))
        row |= more
        row["_moved"] = when + timedelta(minutes=5)
        self.runs[dag_id, run_id] = row
        return row

    def moves(self, dag_id, run_id, **more):
        """A run moves now."""
        self.runs[dag_id, run_id] |= {**more, "_moved": self.now}

    def task(self, dag_id, run_id, task_id, state="success", **more):
        """A task of a run."""
        row = dict(_KEPT[self._kept("task_instances")]["body"]["task_instances"][0])
        row |= {"dag_id": dag_id, "dag_run_id": run_id, "task_id": task_id, "state": state, **more}
        self.tasks.setdefault((dag_id, run_id), []).append(row)

    def passes(self, **span):
        """Time goes on."""
        self.now += timedelta(**span)

    def _kept(self, name):
        return f"v{self.version}/{name}"

    # What is asked

    @property
    def asked(self):
        """What was asked, as method and path behind the root."""
        return [f"{one.method} {self._path(one).removeprefix(self.root)}" for one in self.requests]

    def bodies(self, ending):
        """What was sent to paths that end so."""
        return [
            json.loads(one.content)
            for one in self.requests
            if one.content and self._path(one).endswith(ending)
        ]

    def _path(self, request):
        return request.url.path.removeprefix(self.prefix)

    def __call__(self, request):
        self.requests.append(request)
        reply = self._answered(request)
        reply.headers["Date"] = format_datetime(self.now, usegmt=True)
        return reply

    def _answered(self, request):
        path = self._path(request)
        if not request.url.path.startswith(self.prefix + "/"):
            return httpx.Response(404, text="nothing here")
        if path == "/auth/token":
            return self._token(request)
        if not path.startswith(self.root):
            return self.problem("err_404_path")
        if path.endswith("/version"):
            return self._json(_KEPT[self._kept("version")]["body"])
        if (refused := self._refused(request)) is not None:
            return refused
        if request.method != "GET" and not path.endswith("/list") and not self.may_write:
            return self.problem("err_403" if self.version == 2 else "err_401")
        raw = request.url.raw_path.decode().partition("?")[0].removeprefix(self.prefix + self.root)
        parts = [unquote(part) for part in raw.strip("/").split("/")]
        return self._route(request, parts)

    def _route(self, request, parts):
        match (request.method, *parts):
            case ("GET", "dags"):
                return self._dags(request.url.params)
            case ("POST", "dags", "~", "dagRuns", "list"):
                return self._batch(json.loads(request.content))
            case (method, "dags", dag_id, "dagRuns", run_id, *more):
                return self._of_a_run(request, method, (dag_id, run_id), more)
            case (method, "dags", dag_id, *more):
                return self._of_a_dag(request, method, dag_id, more)
            case ("GET", "importErrors" | "pools" as what):
                name = "import_errors" if what == "importErrors" else what
                return self._json(_KEPT[self._kept(name)]["body"])
            case (_, "backfills", *more) if self.version == 2:
                return self.backfills.answer(request, more)
            case ("GET", "dagWarnings"):
                return self._listed("dag_warnings", self.warnings, self.warnings)
            case ("GET", "health") | ("GET", "monitor", "health"):
                return self._json(_KEPT[self._kept("health")]["body"])
        return self.problem("err_404_path")

    def _of_a_dag(self, request, method, dag_id, more):
        match (method, *more):
            case ("GET",):
                return self._one(dag_id)
            case ("PATCH",) if dag_id in self.dags:
                self.dags[dag_id] |= json.loads(request.content)
                return self._one(dag_id)
            case ("GET", "tasks"):
                return self._shape(dag_id)
            case ("GET", "dagRuns"):
                return self._runs(dag_id, request.url.params)
            case ("POST", "dagRuns"):
                return self._trigger(dag_id, json.loads(request.content))
            case ("POST", "clearTaskInstances"):
                return self._clear(dag_id, json.loads(request.content))
        return self.problem("err_404_path" if dag_id in self.dags else "err_404_dag")

    def _of_a_run(self, request, method, key, more):
        run = self.runs.get(key)
        if run is None:
            return self.problem("err_404_run")
        match (method, *more):
            case ("GET",):
                return self._json(_shown(run))
            case ("PATCH",):
                given = json.loads(request.content)
                if self.version == 1 and "note" in given:
                    return httpx.Response(400, json={"detail": "{'note': ['Unknown field.']}"})
                self.moves(*key, end_date=at(self.now), **given)
                return self._json(_shown(run))
            case ("PATCH", "setNote") if self.version == 1 and self.takes_notes:
                self.moves(*key, **json.loads(request.content))
                return self._json(_shown(run))
            case ("GET", "taskInstances"):
                return self._page("task_instances", self.tasks.get(key, []), request.url.params)
            case ("GET", "taskInstances", task_id, "logs", attempt):
                return self._log((*key, task_id, int(attempt)), request.url.params)
        return self.problem("err_404_path")

    # Answers

    def _dags(self, params):
        wanted = params.get("tags")
        name, stale = {1: ("only_active", "is_active"), 2: ("exclude_stale", "is_stale")}[
            self.version
        ]
        is_whole = params.get(name) == "false"
        rows = [
            row
            for _, row in sorted(self.dags.items())
            if wanted is None or wanted in [tag["name"] for tag in row["tags"]]
            if is_whole or row[stale] is (self.version == 1)
        ]
        return self._page("dags", rows, params)

    def _one(self, dag_id):
        row = self.dags.get(dag_id)
        return self.problem("err_404_dag") if row is None else self._json(_shown(row))

    def _shape(self, dag_id):
        if dag_id not in self.dags:
            return self.problem("err_404_dag")
        names = self.shapes.get(dag_id)
        if names is None:
            return self._json(_KEPT[self._kept("tasks")]["body"])
        after = {name: names[at + 1 : at + 2] for at, name in enumerate(names)}
        rows = [{"task_id": name, "downstream_task_ids": after[name]} for name in names]
        return self._listed("tasks", rows, rows)

    def _batch(self, body):
        wanted = set(body.get("dag_ids", self.dags))
        rows = [row for (owner, _), row in self.runs.items() if owner in wanted]
        rows = self._ordered(rows, body["order_by"])
        start, most = body.get("page_offset", 0), min(body["page_limit"], self.most_of_a_batch)
        return self._listed("dag_runs", rows, rows[start : start + most])

    def _runs(self, dag_id, params):
        if dag_id != "~" and dag_id not in self.dags:
            if self.version == 1:
                return self._listed("dag_runs", [], [])
            return self.problem("err_404_dag")
        if self.version == 1 and not _UNKNOWN_TO_2.isdisjoint(params):
            return httpx.Response(400, json={"detail": "Extra query parameter(s) not in spec"})
        rows = [row for (owner, _), row in self.runs.items() if dag_id in ("~", owner)]
        for name, value in params.items():
            field, _, end = name.rpartition("_")
            if end in ("gte", "lte"):
                field = "_moved" if field == "updated_at" else field
                rows = [row for row in rows if row[field] is not None]
                rows = [row for row in rows if _fits(row[field], end, value)]
            elif name in ("state", "run_type"):
                rows = [row for row in rows if row[name] == value]
            elif name == "run_id_pattern":
                like = re.compile(".*" + value.replace("_", ".") + ".*")
                rows = [row for row in rows if like.fullmatch(row["dag_run_id"])]
        return self._page("dag_runs", self._ordered(rows, params["order_by"]), params)

    def _ordered(self, rows, order_by):
        key = order_by.removeprefix("-").replace("updated_at", "_moved")
        if key == "id":
            every = list(self.runs.values())
            return sorted(rows, key=every.index, reverse=order_by.startswith("-"))
        return sorted(rows, key=lambda row: row[key] or "", reverse=order_by.startswith("-"))

    def _page(self, name, rows, params):
        start, limit = (
            int(params.get("offset", 0)),
            min(self.most_of_a_page, int(params.get("limit", 50))),
        )
        return self._listed(name, rows, rows[start : start + limit])

    def _listed(self, name, rows, shown):
        return self._json({name: list(map(_shown, shown)), "total_entries": len(rows)})

    def _trigger(self, dag_id, body):
        if dag_id not in self.dags:
            return self.problem("err_404_dag")
        if (dag_id, body["dag_run_id"]) in self.runs:
            return self.problem("err_409_trigger_dup")
        if self.version == 2 and "logical_date" not in body:
            return httpx.Response(422, json={"detail": [{"loc": ["body", "logical_date"]}]})
        if self.version == 1 and body.get("logical_date", "") is None:
            return httpx.Response(400, json={"title": "Incorrect datetime argument"})
        row = self.run(
            dag_id, body["dag_run_id"], state="queued", when=self.now + timedelta(microseconds=7)
        )
        row |= {"conf": body["conf"], "note": body["note"], "_moved": self.now}
        if body.get("logical_date"):
            row |= {"logical_date": body["logical_date"]}
            if self.version == 1:
                row["execution_date"] = body["logical_date"]
            for end in ("data_interval_start", "data_interval_end"):
                row[end] = body.get(end)
        if self.is_lost:
            raise httpx.ReadError("the cable was pulled")
        return self._json(_shown(row))

    def _clear(self, dag_id, body):
        key = dag_id, body["dag_run_id"]
        names = body.get("task_ids")
        hit = [
            row
            for row in self.tasks[key]
            if (row["state"] in _FAILED if names is None else row["task_id"] in names)
        ]
        if not body["dry_run"]:
            for row in hit:
                row |= {"state": None, "max_tries": row["try_number"]}
            self.moves(*key, state="queued", end_date=None)
        elif self.version == 1:
            # It names no more of a task than this, whichever copy of it is meant.
            hit = [{field: row.get(field) for field in _REFERENCE} for row in hit]
        return self._json({"task_instances": hit, "total_entries": len(hit)})

    def problem(self, name):
        """A recorded refusal."""
        told = _KEPT[self._kept(name)]
        return httpx.Response(
            told["status"],
            content=json.dumps(told["body"]),
            headers={"Content-Type": told["content_type"]},
        )

    def _json(self, body):
        return httpx.Response(200, json=body)


def _shown(row):
    return {key: value for key, value in row.items() if not key.startswith("_")}


def _fits(value, end, limit):
    moment = value if isinstance(value, datetime) else datetime.fromisoformat(value or at(NOW))
    wanted = datetime.fromisoformat(limit)
    return moment >= wanted if end == "gte" else moment <= wanted


class Passing:
    """Seconds that pass when a test says so."""

    def __init__(self):
        self.seconds = 1_000.0

    def __call__(self):
        return self.seconds


def opened(airflow, *, passed=None, url="https://airflow.example.com", answer=None, **sign_in):
    """The adapter in front of a fake; not signed in unless told how."""
    profile = Profile(name="air", kind=Kind.AIRFLOW, url=url + airflow.prefix, **sign_in)
    transport = httpx.MockTransport(answer or airflow)
    clock = ManualClock(airflow.now)
    passed = passed or Passing()
    return AirflowBackend(profile, ENVIRONMENT, transport=transport, clock=clock, passed=passed)
