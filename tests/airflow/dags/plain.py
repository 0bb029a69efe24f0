"""A handful of plain DAGs for the stories."""

from chains import chain

sales = chain(
    "sales_daily",
    schedule="0 6 * * *",
    tags=("dataset:sales.daily", "source:manual", "timezone:Europe/Madrid", "team:finance"),
    owner="finance",
    zone="Europe/Madrid",
    seconds=5,
)
hourly = chain("rates_hourly", schedule="0 * * * *", tags=("timezone:UTC",))
held = chain("held_export", schedule="0 4 * * *")
# It takes a while to fail: the contract looks at a run that is tried again.
rates = chain("rates_failing", schedule="0 */12 * * *", tags=("timezone:UTC",), later=5, fails=True)
slow = chain("slow_export", seconds=120)
# A backfill of last spring needs the zone, which its few runs of this winter don't show.
dated = chain("dated", schedule="0 0 * * *", tags=("timezone:UTC",), fails_on_bad_days=True)
