"""The workflows of a stocked world, in the order of their ids."""

from __future__ import annotations

from typing import Any, Final

from dli_tui.playground.stock_templates import step

_BASES: Final = "https://bases.example.com/v0"
_HOOKS: Final = "https://hooks.example.com"
_BY_SCHEDULE: Final = {"type": "schedule", "enabled": True}
_BY_HAND: Final = {"type": "manual", "enabled": True}


def _fetch(name: str, where: str, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - settings are of any type
    return step(name, "http_request", url=f"{_BASES}/{where}", method="GET", **more)


def _post(name: str, where: str, data: str, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - as above
    url = f"https://{where}.example.com/api"
    return step(name, "http_request", url=url, method="POST", data={"items": data}, **more)


def _keep(name: str, key: str, path: str = "records") -> dict[str, Any]:
    return step(
        name, "data_transform", transformations=[{"type": "extract", "path": path, "key": key}]
    )


def _tell(message: str, channel: str) -> dict[str, Any]:
    url = f"{_HOOKS}/{channel}"
    return step("tell", "notification", type="webhook", webhook_url=url, message=message)


def _scheduled(cron: str, *steps: dict[str, Any], **more: Any) -> dict[str, Any]:  # noqa: ANN401 - as above
    return {
        "config": {"steps": list(steps)},
        "trigger_config": _BY_SCHEDULE,
        "triggers": [_BY_SCHEDULE],
        "cron": cron,
        "is_scheduled": True,
        **more,
    }


def _by_hand(*steps: dict[str, Any], **more: Any) -> dict[str, Any]:  # noqa: ANN401 - as above
    return {
        "config": {"steps": list(steps)},
        "trigger_config": _BY_HAND,
        "triggers": [_BY_HAND],
        **more,
    }


WORKFLOWS: Final[tuple[dict[str, Any], ...]] = (
    {
        "name": "Daily Airtable Sync",
        "description": "Bring the product base into the warehouse",
        "template_id": 5,
        **_scheduled(
            "0 6 * * *",
            _fetch("fetch_products", "products"),
            _keep("keep_changed", "changed"),
            _post("write_products", "warehouse", "{{steps.keep_changed.changed}}", takes=12),
            _tell("Products are in the warehouse", "data"),
        ),
    },
    {
        "name": "Hourly Order Import",
        "description": "Copy new orders of the shop into the order base",
        "template_id": 2,
        **_scheduled(
            "0 * * * *",
            _fetch("fetch_orders", "orders", flaky=1),
            _keep("keep_new", "orders"),
            _post("write_orders", "orders", "{{steps.keep_new.orders}}"),
        ),
    },
    {
        "name": "Invoice Intake",
        "description": "Read every invoice that somebody uploads, and file it",
        "template_id": 3,
        "config": {
            "steps": [
                step(
                    "validate_upload",
                    "file_process",
                    action="validate",
                    file_id="{{trigger.file_id}}",
                    allowed_types=["pdf"],
                ),
                step(
                    "extract_text",
                    "file_process",
                    action="ocr_extract",
                    file_id="{{trigger.file_id}}",
                    takes=9,
                ),
                _post("file_invoice", "invoices", "{{steps.extract_text.content}}"),
                _tell("Invoice {{trigger.file_name}} is filed", "finance"),
            ]
        },
        "trigger_config": {"type": "file_upload", "enabled": True},
        "triggers": [{"type": "file_upload"}],
        "on_upload": True,
        "extensions": "pdf",
        "uploads": "25 */3 * * *",
    },
    {
        "name": "Stock Level Check",
        "description": "Compare stock and orders; every eighth time the counter is busy",
        **_scheduled(
            "*/15 * * * *",
            _fetch("fetch_stock", "stock"),
            _fetch("fetch_open_orders", "orders", fail_every=8),
            step("note", "log", message="{{steps.fetch_stock.json.items}} articles compared"),
        ),
    },
    {
        "name": "Old CRM Export",
        "description": "Nobody has mended the old CRM yet: this always fails",
        **_scheduled(
            "30 */2 * * *",
            _fetch("fetch_contacts", "contacts"),
            _keep("keep_changed", "contacts"),
            _post("send_to_crm", "crm", "{{steps.keep_changed.contacts}}", fail=True),
            _tell("Contacts are exported", "sales"),
        ),
    },
    {
        "name": "Weekly Sales Report",
        "description": "Sum up the week and send it round",
        **_scheduled(
            "0 7 * * 1",
            _fetch("fetch_sales", "sales"),
            _keep("sum_up", "weeks"),
            _tell("The weekly report is there", "sales"),
        ),
    },
    {
        "name": "Customer Newsletter",
        "description": "Paused until the new layout is done",
        "status": "paused",
        **_scheduled(
            "0 8 * * 2",
            _fetch("fetch_readers", "readers"),
            _tell("The newsletter is out", "marketing"),
        ),
    },
    {
        "name": "Archive Old Attachments",
        "description": "Out of use since the archive moved",
        "status": "inactive",
        **_by_hand(
            _fetch("find_old", "attachments"),
            step("pack", "file_process", action="convert", file_id="all"),
        ),
    },
    {
        "name": "Warehouse Sync (north)",
        "description": "Switched off while the northern warehouse is closed",
        "template_id": 5,
        "is_enabled": False,
        **_scheduled(
            "15 * * * *",
            _fetch("fetch_shelves", "shelves"),
            _post("write_shelves", "warehouse", "{{steps.fetch_shelves.json}}"),
        ),
    },
    {
        "name": "Send Welcome Message",
        "description": "Greet a new user",
        "template_id": 6,
        **_by_hand(
            step("note", "log", message="Welcome, {{trigger.user_id}}"),
            _tell("Welcome, {{trigger.user_id}}", "{{trigger.channel}}"),
        ),
    },
    {
        "name": "Contract Review Pipeline",
        "description": "Read a contract, and have somebody look at what is unusual",
        "template_id": 4,
        **_by_hand(
            step("read", "file_process", action="extract", file_id="{{trigger.file_id}}", takes=20),
            step(
                "is_unusual",
                "conditional",
                condition="{{steps.read.word_count}} > 10",
                true_action={"type": "log", "config": {"message": "Somebody should look"}},
                false_action={
                    "type": "log",
                    "config": {"message": "Nothing unusual", "level": "warning"},
                },
            ),
            step(
                "compare",
                "file_process",
                action="compare",
                file_id="{{trigger.file_id}}",
                takes=150,
            ),
            _tell("Contract {{trigger.file_id}} was read", "legal"),
            timeout=900,
        ),
    },
    {
        "name": "Currency Rates Update",
        "description": "Fetch the rates of the day; the source is slow to wake up",
        **_scheduled(
            "5 8-18 * * *",
            _fetch("fetch_rates", "rates", flaky=2),
            _post("write_rates", "ledger", "{{steps.fetch_rates.json}}"),
        ),
    },
    {
        "name": "Nightly Backup of Bases",
        "description": "Wait until all is quiet, then copy every base",
        **_scheduled(
            "0 2 * * *",
            step("wait", "delay", seconds=45),
            _fetch("copy_bases", "bases", takes=90),
            step("check", "file_process", action="validate", file_id="backup"),
        ),
    },
    {
        "name": "Payment Reminder",
        "description": "Its mail step fails once and does it when it is tried again",
        **_by_hand(
            _fetch("fetch_open_invoices", "invoices"),
            step("send_mail", "notification", type="log", message="Reminder", fail_once=True),
            step("note", "log", message="Reminded {{trigger.customer}}"),
        ),
    },
    {
        "name": "Base Schema Watch",
        "description": "Say so when somebody changes the fields of a base",
        **_scheduled(
            "*/30 * * * *",
            _fetch("fetch_schema", "schema"),
            step("note", "log", message="Schema compared"),
        ),
    },
    {
        "name": "Data Export Request",
        "description": "Collect all that is kept of a customer; nobody has asked yet",
        **_by_hand(
            _fetch("collect", "customers", takes=40),
            step("pack", "file_process", action="convert", file_id="export"),
            _tell("The export is ready", "privacy"),
        ),
    },
)
