"""A local project for tests: a few dataset specs in a folder."""

from __future__ import annotations

from pathlib import Path

TOTALS = """\
version: v1
name: sales.daily_totals
owner: sales@example.com
team: sales
description: The totals of each day by region
tags: [finance, daily]
schedule:
  cron: "30 2 * * *"
  timezone: America/New_York
retry: {max_attempts: 3, delay_seconds: 300}
steps:
  - {name: extract, type: sql}
  - {name: load, type: sql, needs: [extract]}
"""
HOURLY = 'name: orders_hourly\nschedule: {cron: "15 * * * *"}\n'
CODE_OWNED = "name: orders_daily\n"
BROKEN = 'name: web.clicks\nschedule: {cron: "61 * * * *"}\n'
HOSTILE = 'name: web.views\nowner: "[/x]"\ndescription: "a\\e]52;c;AAAA\\a[bold]b"\n'


def project(folder: Path) -> Path:
    """A project of five datasets, one of them broken, one of them hostile."""
    models = folder / "models"
    models.mkdir()
    specs = {
        "sales.daily_totals": TOTALS,
        "orders_hourly": HOURLY,
        "orders_daily": CODE_OWNED,
        "web.clicks": BROKEN,
        "web.views": HOSTILE,
    }
    for name, text in specs.items():
        (models / f"dataset.{name}.yaml").write_text(text, encoding="utf-8")
    return folder
