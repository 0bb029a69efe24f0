"""What a place can do beyond lists, histories and runs: one set, asked one way."""

from __future__ import annotations

from enum import StrEnum


class Capability(StrEnum):
    """What a backend may or may not offer; the value completes "it doesn't offer …"."""

    REGISTER = "registering a workflow"
    UNREGISTER = "unregistering a workflow"
    RUN = "starting a run"
    DATED_RUNS = "a run for one date"
    DRY_RUN = "checking a run without starting it"
    BACKFILL = "a backfill"
    BACKFILL_SLOTS = "leaving out single slots of a backfill"
    BACKFILL_PARALLEL = "a backfill with all dates at once"
    RUN_DATES = "telling the dates of a schedule"
    SECOND_RUNS = "a second run for the same date"
    BACKFILL_DATES = "telling each date of a backfill"
    BACKFILL_FORECAST = "telling beforehand which dates of a backfill run"
    BACKFILL_PAUSE = "pausing a backfill"
    SEQUENCES = "keeping a backfill going on its own"
    STOP = "stopping a run"
    PAUSE = "pausing a schedule"
    STEPS = "showing the steps of a run"
    LOGS = "showing logs"
    RETRY = "retrying failed steps"
    RETRY_PLAN = "telling beforehand all that a retry runs again"
    DATASET_INFO = "telling more of a dataset"
    CHANGES = "telling only what changed"
    RECENT_RUNS = "recent runs of many workflows at once"
    CONFIGURING = "changing the configuration of a workflow"
    TEMPLATES = "templates"
    TEMPLATE_USAGE = "telling how a template is used"
    TEMPLATE_EDITING = "making and changing templates"
    SAGAS = "sagas"
    EVENTS = "publishing an event"
    HEALTH = "a health report"
