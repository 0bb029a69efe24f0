"""DAGs with each kind of schedule that Airflow has, for what is told and planned of them."""

from datetime import timedelta

import pendulum

try:
    from airflow.providers.standard.operators.empty import EmptyOperator
    from airflow.sdk import DAG, Asset
except ImportError:
    from airflow import DAG
    from airflow.datasets import Dataset as Asset
    from airflow.operators.empty import EmptyOperator
from airflow.timetables.events import EventsTimetable
from airflow.timetables.interval import CronDataIntervalTimetable
from airflow.timetables.trigger import CronTriggerTimetable, DeltaTriggerTimetable

try:
    from airflow.timetables.trigger import MultipleCronTriggerTimetable
except ImportError:
    MultipleCronTriggerTimetable = None

SEOUL, NEW_YORK, MADRID = "Asia/Seoul", "America/New_York", "Europe/Madrid"
START = (2026, 1, 1)
RECENT = pendulum.now("UTC").subtract(days=12).start_of("day")


def scheduled(name, schedule, *, zone="UTC", start=None, catchup=False, **more):
    """A DAG of one task that does nothing; its start date carries the zone."""
    with DAG(
        name,
        schedule=schedule,
        start_date=start or pendulum.datetime(*START, tz=zone),
        catchup=catchup,
        is_paused_upon_creation=True,
        default_args={"owner": "data"},
        **more,
    ) as made:
        EmptyOperator(task_id="only")
    return made


def recent(zone):
    """A start some days ago: what catches up from there is soon done."""
    return RECENT.in_timezone(zone).start_of("day")


seoul_daily = scheduled("seoul_daily", "0 6 * * *", zone=SEOUL, start=recent(SEOUL), catchup=True)
seoul_midnight = scheduled(
    "seoul_midnight", "30 0 * * *", zone=SEOUL, start=recent(SEOUL), catchup=True
)
ny_daily = scheduled("ny_daily", "0 6 * * *", zone=NEW_YORK, start=recent(NEW_YORK), catchup=True)
utc_daily = scheduled("utc_daily", "0 6 * * *", start=recent("UTC"), catchup=True)
# Both sides of a change of clocks: the first Sunday of November in New York.
ny_autumn = scheduled(
    "ny_autumn",
    "30 6 * * *",
    zone=NEW_YORK,
    start=pendulum.datetime(2026, 10, 20, tz=NEW_YORK),
    catchup=True,
    max_active_runs=2,
)
tt_trigger_seoul = scheduled(
    "tt_trigger_seoul",
    CronTriggerTimetable("15 5 * * *", timezone=SEOUL),
    start=recent("UTC"),
    catchup=True,
)
tt_trigger_interval = scheduled(
    "tt_trigger_interval",
    CronTriggerTimetable("0 7 * * *", timezone=MADRID, interval=timedelta(hours=6)),
    start=recent("UTC"),
    catchup=True,
)
tt_interval_ny = scheduled(
    "tt_interval_ny",
    CronDataIntervalTimetable("0 7 * * *", timezone=NEW_YORK),
    start=recent("UTC"),
    catchup=True,
)
tt_interval_utc = scheduled(
    "tt_interval_utc",
    CronDataIntervalTimetable("0 4 * * *", timezone="UTC"),
    start=recent("UTC"),
    catchup=True,
)
weekly = scheduled(
    "weekly",
    CronDataIntervalTimetable("0 3 * * 1", timezone=MADRID),
    start=pendulum.datetime(2026, 9, 1, tz=MADRID),
    catchup=True,
)
preset = scheduled("preset_daily", "@daily", start=recent("UTC"), catchup=True)
hourly_seoul = scheduled(
    "hourly_seoul",
    "10 * * * *",
    zone=SEOUL,
    start=pendulum.now("UTC").subtract(days=2),
    catchup=True,
)
never_ran = scheduled("never_ran", "0 6 * * *", zone=SEOUL)
timedelta_daily = scheduled("tt_timedelta", timedelta(hours=4), start=recent("UTC"))
delta_trigger = scheduled("tt_delta_6h", DeltaTriggerTimetable(timedelta(hours=6)))
if MultipleCronTriggerTimetable is not None:
    multi = scheduled(
        "tt_multi",
        MultipleCronTriggerTimetable("30 8 * * *", "0 20 * * *", timezone="UTC"),
        start=recent("UTC"),
        catchup=True,
    )
events = scheduled(
    "tt_events",
    EventsTimetable(
        event_dates=[pendulum.datetime(2026, 12, day, tz="UTC") for day in (24, 28, 31)],
        description="bank days",
    ),
)
once = scheduled("tt_once", "@once")
continuous = scheduled("tt_continuous", "@continuous", max_active_runs=1)
by_asset = scheduled("asset_consumer", [Asset("s3://bucket/orders")])
by_hand = scheduled("by_hand", None)
behind = scheduled("behind_catchup", "0 5 * * *", zone=MADRID, start=recent(MADRID), catchup=True)
behind_no_catchup = scheduled("behind_latest", "0 5 * * *", zone=MADRID, start=recent(MADRID))
minutely = scheduled(
    "minutely",
    CronDataIntervalTimetable("* * * * *", timezone="UTC"),
    # The file is read again and again: a start that moved with it would move the schedule.
    start=RECENT,
)
