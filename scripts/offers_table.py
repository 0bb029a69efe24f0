"""Print the README's table of what each kind of place offers, made from what they say themselves.

A test compares it with what the README has between its two marks.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Final

from dli_tui.backends.airflow.adapter import OFFERED
from dli_tui.backends.airflow.keeping import OWN_BACKFILLS
from dli_tui.backends.airflow.withspecs import WITH_SPECS
from dli_tui.backends.basecamp.offer import PLAIN
from dli_tui.backends.demo.backend import DemoBackend
from dli_tui.backends.pyairtable.place import Routes
from dli_tui.backends.pyairtable.services import offered_by
from dli_tui.domain.capability import Capability

_TABLES = Routes("/api/v1/workflows", has_steps=True, has_templates=True)
_AIRFLOW: Final = OFFERED | WITH_SPECS
PLACES: Final[Mapping[str, frozenset[Capability]]] = {
    "demo": DemoBackend.capabilities,
    "Basecamp": PLAIN,
    "Airflow 2": _AIRFLOW,
    "Airflow 3": _AIRFLOW | OWN_BACKFILLS,
    "PyAirtable": offered_by(_TABLES),
}
ROWS: Final[Mapping[str, Capability | None]] = {
    "list, history, live runs": None,
    "run by hand": Capability.RUN,
    "stop": Capability.STOP,
    "retry what failed": Capability.RETRY,
    "pause, unpause": Capability.PAUSE,
    "backfill, one date after the other": Capability.BACKFILL,
    "backfill, all dates at once": Capability.BACKFILL_PARALLEL,
    "register": Capability.REGISTER,
    "unregister": Capability.UNREGISTER,
    "steps of a run": Capability.STEPS,
    "logs": Capability.LOGS,
    "health": Capability.HEALTH,
    "templates": Capability.TEMPLATES,
    "statistics of templates, changing them": Capability.TEMPLATE_EDITING,
    "changing what a workflow does": Capability.CONFIGURING,
    "sagas": Capability.SAGAS,
    "events": Capability.EVENTS,
}
_SPECS: Final = "with a store of specs"
NOTES: Final[Mapping[tuple[Capability, str], str]] = {
    **{
        (capability, place): _SPECS
        for capability in (Capability.REGISTER, Capability.UNREGISTER)
        for place in ("Airflow 2", "Airflow 3")
    },
    (Capability.STOP, "PyAirtable"): "by its saga",
    (Capability.RETRY, "PyAirtable"): "step by step",
}


def table() -> str:
    """The table, as Markdown."""
    lines = ["| | " + " | ".join(PLACES) + " |", "|---" * (len(PLACES) + 1) + "|"]
    lines += [
        f"| {row} | " + " | ".join(_cell(capability, place) for place in PLACES) + " |"
        for row, capability in ROWS.items()
    ]
    return "\n".join(lines)


def _cell(capability: Capability | None, place: str) -> str:
    if capability is None:
        return "yes"
    if capability not in PLACES[place]:
        return "–"
    return NOTES.get((capability, place), "yes")


if __name__ == "__main__":
    sys.stdout.write(table() + "\n")
