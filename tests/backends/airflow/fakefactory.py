"""A fake Airflow with the DAG factory in it: what lies in a folder becomes DAGs when it is read."""

import asyncio
from zlib import crc32

import httpx

from dli_tui.backends.airflow.withspecs import AirflowWithSpecs
from dli_tui.config.model import Kind, Profile
from dli_tui.domain.clock import SystemClock
from dli_tui.domain.query import Registration
from dli_tui.domain.schedule import (
    NotificationConfig,
    NotificationTarget,
    RetryConfig,
    ScheduleConfig,
)
from dli_tui.specs.reader import parse_spec
from dli_tui.specs.store.document import parts_of
from dli_tui.specs.store.local import Folder
from dli_tui.specs.store.store import SpecStore
from tests.backends.airflow.fake import NOW, FakeAirflow, Passing
from tests.backends.airflow.fakedoor import ENVIRONMENT
from tests.support import ManualClock

SHARDS = 2
NAME = "web.clicks"


class FakeFactory(FakeAirflow):
    """Reads one shard when it is told to, and all of them when a test says that time has passed."""

    def __init__(self, root, version=2):
        super().__init__(version)
        self.url, self.folder = (root / "store").as_uri(), root / "specs"
        for name in ("store", "specs"):
            (root / name).mkdir()
        self.clock = ManualClock(NOW)
        self.parses = self.is_deaf = False
        self.parsings, self.busy, self.errors = 0, 0, []

    async def answer(self, request):
        """The answer, with the folder read where that is asked for."""
        path = request.url.path.removeprefix(self.root)
        if request.method == "PUT" and path.startswith("/parseDagFile/") and not self.is_deaf:
            await asyncio.to_thread(self.read, int(path.rpartition("-")[2]))
        return self(request)

    def _route(self, request, parts):
        match (request.method, *parts):
            case ("PUT", "parseDagFile", _):
                return httpx.Response(201, json=None)
            case ("DELETE", "dags", dag_id):
                return self._delete(dag_id)
            case ("GET", "importErrors"):
                return self._listed("import_errors", self.errors, self.errors)
        return super()._route(request, parts)

    def _delete(self, dag_id):
        if self.busy:
            self.busy -= 1
            return httpx.Response(409, json={"detail": "Task instances are still running"})
        if self.dags.pop(dag_id, None) is None:
            return self.problem("err_404_dag")
        for key in [key for key in self.runs if key[0] == dag_id]:
            del self.runs[key]
        if self.is_lost:
            raise httpx.ReadError("the cable was pulled")
        return httpx.Response(204)

    def read(self, shard=None):
        """Make DAGs of what lies in the folder now."""
        self.parsings += 1
        found = {}
        for source in ("manual", "code"):
            for path in sorted((self.folder / source).glob("*.yaml")):
                spec = parse_spec(parts_of(path.read_bytes(), path.name)[1])
                found[path.stem] = source, spec
        for name, (source, spec) in found.items():
            here = crc32(name.encode()) % SHARDS
            if shard in (None, here):
                self._made(name, source, spec, here)
        for dag in self.dags.values():
            named = [tag["name"] for tag in dag["tags"]]
            names = {tag.partition(":")[2] for tag in named if tag.startswith("dataset:")}
            if names and not names & found.keys() and shard in (None, dag["_shard"]):
                dag.update({"is_stale": True} if self.version == 2 else {"is_active": False})

    def _made(self, name, source, spec, shard):
        dag_id = name.replace(".", "_")
        there = self.dags.get(dag_id, {})
        zone = spec.schedule.timezone
        tags = ("dli:managed", f"dataset:{name}", f"source:{source}", f"timezone:{zone}")
        file = f"dli_dags_{shard:02}_of_{SHARDS:02}.py"
        cron = spec.schedule.cron
        row = self.dag(
            dag_id,
            tags=tags,
            is_paused=there.get("is_paused", not spec.schedule.enabled),
            owners=[spec.owner or "dli-tui"],
            description=spec.description,
            file_token=f"token-{shard}",
            fileloc=f"/dags/{file}",
            last_parsed_time=f"the {self.parsings}.",
            _shard=shard,
        )
        if cron is not None:
            self.schedules(dag_id, cron, zone)
        else:
            row |= {"timetable_summary": None, "schedule_interval": None}
            row["timetable_description"] = "Never, external triggers only"
        if self.version == 2:
            row |= {"relative_fileloc": file, "is_stale": False}
        else:
            row["is_active"] = True

    def neighbour(self, *, of):
        """A DAG of the file that makes another's DAG too."""
        shard = crc32(of.encode()) % SHARDS
        names = (f"near.{number}" for number in range(99))
        name = next(one for one in names if crc32(one.encode()) % SHARDS == shard)
        self._made(name, "code", parse_spec(f"name: {name}\n"), shard)
        return name

    @property
    def store(self):
        return SpecStore(self.objects, self.clock)

    @property
    def objects(self):
        return Folder(self.folder.parent / "store", SystemClock())

    def opened(self, *, local=True, passed=None, **more):
        """The adapter in front of it; `local`: its folder is on this machine."""
        profile = Profile(
            name="air",
            kind=Kind.AIRFLOW,
            url="https://airflow.example.com",
            specs=self.url,
            specs_folder=self.folder if local else None,
            **more,
        )
        return AirflowWithSpecs(
            profile,
            ENVIRONMENT,
            transport=httpx.MockTransport(self.answer),
            clock=self.clock,
            passed=passed or Passing(),
        )

    @property
    def written(self):
        """What was asked that changes something."""
        return [one for one in self.asked if not one.startswith("GET ") and "/list" not in one]


def registration(name=NAME, cron="0 4 * * *", *, enabled=True, **more):
    """A request with all that one can say of a schedule."""
    schedule = ScheduleConfig(
        cron=cron,
        timezone="Asia/Seoul",
        enabled=enabled,
        retry=RetryConfig(max_attempts=3),
        notifications=NotificationConfig(
            on_failure=(NotificationTarget(type="slack", channel="#data"),)
        ),
    )
    return Registration(name, schedule, **more)


def copied(airflow):
    """What a sync elsewhere does."""
    folder = airflow.folder / "manual"
    folder.mkdir(exist_ok=True)
    for path in (airflow.folder.parent / "store" / "workflows" / "manual").glob("*.yaml"):
        (folder / path.name).write_bytes(path.read_bytes())
