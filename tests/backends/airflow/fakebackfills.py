"""The backfills that a fake Airflow 3 keeps going itself."""

import json
from datetime import UTC, datetime

import httpx

_RUN_AGAIN = {"none": (), "failed": ("failed",), "completed": ("failed", "success")}


def _moment(text):
    return datetime.fromisoformat(text).astimezone(UTC)


class FakeBackfills:
    """Answers what is behind /backfills, with the keys of the samples."""

    def __init__(self, airflow, samples):
        self.airflow, self._samples = airflow, samples
        self.rows = {}

    def answer(self, request, parts):
        """What is asked behind /backfills."""
        match (request.method, *parts):
            case ("GET",):
                return self._listed(request.url.params["dag_id"])
            case ("GET", number):
                return self._one(number, {})
            case ("POST",):
                return self._begun(json.loads(request.content))
            case ("POST", "dry_run"):
                return self._rehearsed(json.loads(request.content))
            case ("PUT", number, "pause" | "unpause" as verb):
                return self._one(number, {"is_paused": verb == "pause"})
            case ("PUT", number, "cancel"):
                return self._cancelled(number)
        return self.airflow.problem("err_404_path")

    def ends(self, number):
        """Airflow takes note that one is over."""
        self.rows[number]["completed_at"] = self.airflow.now.isoformat()

    def _listed(self, dag_id):
        rows = [row for row in self.rows.values() if row["dag_id"] == dag_id]
        told = {"backfills": rows[::-1], "total_entries": len(rows)}
        return httpx.Response(200, json=told)

    def _one(self, number, change):
        row = self.rows.get(int(number))
        if row is None:
            return self._refused("err_404_backfill_cancel")
        if change and row["completed_at"] is not None:
            return self._refused("err_409_backfill_completed")
        row |= change
        return httpx.Response(200, json=row)

    def _cancelled(self, number):
        answer = self._one(number, {"is_paused": True})
        if answer.status_code == httpx.codes.OK:
            for _, run in self._runs(self.rows[int(number)]):
                if run["state"] == "queued":
                    run |= {"state": "failed", "start_date": None, "end_date": None}
            self.ends(int(number))
        return answer

    def _rehearsed(self, body):
        refused = self._why_not(body)
        if refused is not None:
            return refused
        empty = {"partition_key": None, "partition_date": None}
        slots = [{"logical_date": slot.isoformat()} | empty for slot in self._slots(body)]
        return httpx.Response(200, json={"backfills": slots, "total_entries": len(slots)})

    def _begun(self, body):
        refused = self._why_not(body)
        if refused is not None:
            return refused
        active = [row for row in self.rows.values() if row["completed_at"] is None]
        if any(row["dag_id"] == body["dag_id"] for row in active):
            return self._refused("err_409_backfill")
        number, now = len(self.rows) + 1, self.airflow.now.isoformat()
        row = self._samples["backfill_create"]["body"] | body
        row |= {"id": number, "is_paused": False, "created_at": now, "completed_at": None}
        self.rows[number] = row
        for slot in self._slots(body):
            self.airflow.run(
                body["dag_id"],
                f"backfill__{slot.isoformat()}",
                when=slot,
                state="queued",
                logical_date=slot.isoformat(),
                queued_at=now,
                conf=body["dag_run_conf"],
                triggering_user_name="admin",
            )
            self.airflow.moves(body["dag_id"], f"backfill__{slot.isoformat()}")
        if self.airflow.is_lost:
            raise httpx.ReadError("the cable was pulled")
        return httpx.Response(200, json=row)

    def _why_not(self, body):
        dag = self.airflow.dags.get(body["dag_id"])
        if dag is None:
            return self._refused("err_404_backfill")
        if dag["timetable_summary"] is None:
            return self._refused("err_backfill_nosched")
        if _moment(body["from_date"]) > self.airflow.now:
            says = "Backfill cannot be executed for future dates."
            return httpx.Response(422, json={"detail": says})
        return None

    def _slots(self, body):
        """The dates of a range that would run: one without a run always would."""
        start, end = _moment(body["from_date"]), _moment(body["to_date"])
        again = _RUN_AGAIN[body["reprocess_behavior"]]
        found = []
        for slot, _ in self.airflow.dates_of(body["dag_id"]):
            states = {run["state"] for at, run in self._runs(body) if at == slot}
            if start <= slot <= end and states <= set(again):
                found.append(slot)
        return found

    def _runs(self, of):
        """The runs of a DAG in a range, by their dates."""
        start, end = _moment(of["from_date"]), _moment(of["to_date"])
        for (dag_id, _), run in self.airflow.runs.items():
            if dag_id == of["dag_id"] and run["logical_date"]:
                at = _moment(run["logical_date"])
                if start <= at <= end:
                    yield at, run

    def _refused(self, name):
        told = self._samples[name]
        return httpx.Response(told["status"], json=told["body"])
