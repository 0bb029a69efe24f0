"""Who is in the demo: some forty workflows of six teams, and how each behaves.

Every kind of morning is here: what runs, what failed, what is late, paused, disabled or
overridden, names in Hangul, names that would break a careless terminal, and the examples
that the seeds print. The owners are roles, not people.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from dli_tui.backends.demo.scenario import (
    CODE,
    DISABLED,
    ERRORS,
    ETL,
    MANUAL,
    MODEL,
    PAUSED,
    REINDEX,
    REPORT,
    SYNC,
    ArchivedRun,
    DemoWorkflow,
    Pattern,
    Scenario,
    Temper,
)
from dli_tui.domain.status import RunStatus, RunType, SourceType

HOSTILE_ERROR: Final = (
    "[red]not a colour[/red] [/] \x1b[2J\x1b[1;1H\x1b]0;title\x07 "
    "\u202egnp.exe\u2066 row [@click=app.quit]7[/]"
)
_SUNDAY: Final = 6
_CLICKS: Final = "iceberg.analytics.daily_clicks"

SEED_WORKFLOWS: Final = (
    DemoWorkflow(
        _CLICKS,
        CODE,
        "0 9 * * *",
        "@data-engineering",
        120,
        owner="engineer@example.com",
        description="Daily click aggregation for analytics",
        since=datetime(2026, 1, 3, tzinfo=UTC),
        tags=("analytics", "clicks"),
    ),
    DemoWorkflow(
        _CLICKS,
        MANUAL,
        "0 8 * * *",
        "@data-eng",
        120,
        description="Daily click aggregation, before it moved to Git",
    ),
    DemoWorkflow(
        "iceberg.analytics.user_metrics",
        CODE,
        "0 10 * * *",
        "@data-engineering",
        310,
        owner="engineer@example.com",
        description="Active users by day, week and month",
        tags=("analytics",),
    ),
    DemoWorkflow(
        "iceberg.analytics.ad_hoc_report",
        MANUAL,
        "0 12 * * 1",
        "@data-eng",
        95,
        REPORT,
        description="The Monday report for the product meeting",
    ),
)

SEED_ARCHIVE: Final = (
    ArchivedRun(
        f"{_CLICKS}_20240115_093045",
        _CLICKS,
        RunStatus.COMPLETED,
        RunType.ADHOC,
        datetime(2024, 1, 15, 9, 30, 45, tzinfo=UTC),
        131,
    ),
    ArchivedRun(
        "daily_clicks_20240115_093045",
        _CLICKS,
        RunStatus.COMPLETED,
        RunType.ADHOC,
        datetime(2024, 1, 15, 9, 30, 45, tzinfo=UTC),
        131,
    ),
    ArchivedRun(
        "daily_clicks_20241230_090128",
        _CLICKS,
        RunStatus.FAILED,
        RunType.SCHEDULED,
        datetime(2024, 12, 30, 9, 1, 28, tzinfo=UTC),
        45,
        "BigQuery quota exceeded",
    ),
    ArchivedRun(
        "daily_clicks_20241231_090032",
        _CLICKS,
        RunStatus.COMPLETED,
        RunType.SCHEDULED,
        datetime(2024, 12, 31, 9, 0, 32, tzinfo=UTC),
        118,
    ),
    ArchivedRun(
        "daily_clicks_20250101_090045",
        _CLICKS,
        RunStatus.COMPLETED,
        RunType.SCHEDULED,
        datetime(2025, 1, 1, 9, 0, 45, tzinfo=UTC),
        125,
    ),
    ArchivedRun(
        f"{_CLICKS}_20260101_060000",
        _CLICKS,
        RunStatus.COMPLETED,
        RunType.SCHEDULED,
        datetime(2026, 1, 1, 6, tzinfo=UTC),
        45,
    ),
    ArchivedRun(
        f"{_CLICKS}_20260101_100000",
        _CLICKS,
        RunStatus.KILLED,
        RunType.ADHOC,
        datetime(2026, 1, 1, 10, tzinfo=UTC),
        300,
        "Manual stop requested by user",
    ),
    ArchivedRun(
        f"{_CLICKS}_20260102_100000",
        _CLICKS,
        RunStatus.COMPLETED,
        RunType.BACKFILL,
        datetime(2026, 1, 2, 10, tzinfo=UTC),
        122,
    ),
)

SEEDS: Final = Scenario(SEED_WORKFLOWS, SEED_ARCHIVE)


def _team(
    team: str, owner: str, timezone: str, *rows: tuple[str, str, str | None, float, Pattern, str]
) -> tuple[DemoWorkflow, ...]:
    """Rows of one team; the source is written `code` or `manual`."""
    return tuple(
        DemoWorkflow(
            name,
            SourceType(source),
            cron,
            team,
            seconds,
            pattern,
            timezone=timezone,
            owner=owner,
            description=description,
        )
        for name, source, cron, seconds, pattern, description in rows
    )


_CALM_TEAMS: Final = (
    *_team(
        "@commerce",
        "commerce@example.com",
        "Asia/Seoul",
        ("orders_daily", "code", "0 6 * * *", 102, ETL, "Orders of the day before"),
        ("orders_hourly", "manual", "0 * * * *", 540, ETL, "Orders of the last hour"),
        ("orders_refunds", "code", "30 6 * * *", 74, SYNC, "Refunds, joined to their orders"),
        ("catalog.products_sync", "code", "*/30 * * * *", 96, SYNC, "Products from the shop"),
        ("catalog.prices_snapshot", "manual", "0 3 * * *", 230, ETL, "All prices, once a night"),
        ("주문.일별_집계", "code", "0 5 * * *", 180, ETL, "주문 일별 집계"),
        ("주문.환불_현황", "manual", "0 7 * * 1-5", 66, REPORT, "환불 현황 보고서"),
    ),
    *_team(
        "@growth",
        "growth@example.com",
        "America/New_York",
        ("growth.campaigns.spend", "code", "15 * * * *", 88, SYNC, "Spend by campaign"),
        ("growth.attribution.daily", "code", "30 4 * * *", 1260, ETL, "Attribution, last touch"),
        ("growth.audiences.export", "manual", "0 */6 * * *", 420, SYNC, "Audiences to ad networks"),
        ("growth.emails.digest", "manual", "0 8 * * 1", 51, REPORT, "The weekly e-mail digest"),
    ),
    *_team(
        "@finance",
        "finance@example.com",
        "Europe/Berlin",
        ("finance.invoices.import", "code", "0 2 * * *", 340, ETL, "Invoices of the day"),
        ("finance.fx_rates", "code", "5 */4 * * *", 22, SYNC, "Exchange rates"),
        ("finance.revenue.monthly", "code", "0 4 1 * *", 2100, REPORT, "Revenue of the month"),
        ("finance.cost_centers", "manual", "0 6 * * 1-5", 64, SYNC, "Cost centres from the ERP"),
    ),
    *_team(
        "@ml",
        "ml@example.com",
        "UTC",
        ("ml.recommender.train", "code", "0 */3 * * *", 7200, MODEL, "The recommender, retrained"),
        ("ml.embeddings.refresh", "code", "20 * * * *", 2700, MODEL, "Embeddings of new products"),
        ("ml.churn.score", "manual", "0 7 * * *", 900, MODEL, "Churn scores for the day"),
    ),
    *_team(
        "@platform",
        "platform@example.com",
        "UTC",
        ("platform.logs.compact", "code", "*/15 * * * *", 780, REINDEX, "Small files into large"),
        ("platform.metrics.rollup", "code", "*/20 * * * *", 75, ETL, "Metrics by minute and hour"),
        ("platform.backups.verify", "code", "0 1 * * *", 1500, REINDEX, "Restores a sample backup"),
        ("platform.catalog.crawl", "manual", "0 */8 * * *", 600, SYNC, "Table statistics"),
        ("iceberg.reporting.weekly_summary", "manual", None, 240, REPORT, "Run by hand on Fridays"),
    ),
    *_team(
        "@logistics",
        "logistics@example.com",
        "Asia/Seoul",
        ("logistics.shipments", "code", "*/30 * * * *", 130, ETL, "Shipments under way"),
        ("logistics.stock_levels", "code", "10 * * * *", 115, ETL, "Stock by warehouse"),
        ("물류.배송_추적", "manual", "*/30 * * * *", 58, SYNC, "배송 추적 동기화"),
    ),
)

_CHARACTERS: Final = (
    DemoWorkflow(
        "growth.funnel.signup_events",
        CODE,
        "0 * * * *",
        "@growth",
        150,
        timezone="America/New_York",
        owner="growth@example.com",
        description="Signup funnel; its source drops connections now and then",
        temper=Temper(failure_rate=0.22, flaky_rate=0.3, error=ERRORS[2]),
        tags=("flaky",),
    ),
    DemoWorkflow(
        "logistics.carriers.rates",
        CODE,
        "*/30 * * * *",
        "@logistics",
        45,
        SYNC,
        timezone="Asia/Seoul",
        owner="logistics@example.com",
        description="Rates of the carriers; one of them has closed its interface",
        temper=Temper(failure_rate=1.0, fails_at="fetch", error=ERRORS[4]),
    ),
    DemoWorkflow(
        "orders_returns",
        MANUAL,
        "0 6 * * *",
        "@commerce",
        31,
        timezone="Asia/Seoul",
        owner="commerce@example.com",
        description="Returns by reason; the depot sends no file on Sundays",
        temper=Temper(failure_rate=0.0, fails_at="dq_checks", error=ERRORS[6], bad_weekday=_SUNDAY),
    ),
    DemoWorkflow(
        "orders_snapshot",
        MANUAL,
        "0 0 * * *",
        "@commerce",
        190,
        timezone="Asia/Seoul",
        owner="commerce@example.com",
        description="A full copy of the orders, paused while the depot moves",
        status=PAUSED,
    ),
    DemoWorkflow(
        "finance.ledger.hourly_balance",
        CODE,
        "0 * * * *",
        "@finance",
        260,
        timezone="Europe/Berlin",
        owner="finance@example.com",
        description="Balances by the hour; waits for a slot in the finance pool",
        temper=Temper(behind_seconds=80 * 60),
    ),
    DemoWorkflow(
        "finance.tax.legacy_export",
        CODE,
        "0 5 * * *",
        "@finance",
        80,
        SYNC,
        timezone="Europe/Berlin",
        owner="finance@example.com",
        description="The export for the old tax system, switched off",
        status=DISABLED,
    ),
    DemoWorkflow(
        "platform.search.reindex",
        CODE,
        "0 */2 * * *",
        "@platform",
        2400,
        REINDEX,
        owner="platform@example.com",
        description="The search index, rebuilt; its log has a line for every document",
        temper=Temper(log_lines=100_000),
    ),
    DemoWorkflow(
        "legacy.[bold]import[/bold]",
        MANUAL,
        "0 */12 * * *",
        "@platform",
        35,
        SYNC,
        owner="platform@example.com",
        description="A name with [brackets] that markup would eat [/]",
        temper=Temper(failure_rate=0.5, error=HOSTILE_ERROR),
    ),
    DemoWorkflow(
        "legacy.esc\x1b]52;c;aGVsbG8=\x07ape",
        MANUAL,
        "0 0 * * *",
        "@platform",
        20,
        SYNC,
        owner="platform@example.com",
        description="A name that would write to your clipboard \x1b[31m",
    ),
)

STANDARD: Final = Scenario(SEED_WORKFLOWS + _CALM_TEAMS + _CHARACTERS, SEED_ARCHIVE)
