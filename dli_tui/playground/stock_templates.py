"""The templates of a stocked world, in the order of their ids."""

from __future__ import annotations

from typing import Any, Final


def step(name: str, kind: str, **config: Any) -> dict[str, Any]:  # noqa: ANN401 - settings are of any type
    """A step as a configuration has it."""
    return {"name": name, "type": kind, "config": config}


TEMPLATES: Final[tuple[dict[str, Any], ...]] = (
    {
        "name": "Simple HTTP Request",
        "description": "Execute a simple HTTP request with optional data processing",
        "category": "integration",
        "config": {
            "steps": [step("http_request", "http_request", url="{{url}}", method="GET", headers={})]
        },
        "trigger_config": {"type": "manual", "enabled": True},
        "tags": "http,starter",
    },
    {
        "name": "API Integration",
        "description": "Fetch items from an API and keep the ones that matter",
        "category": "integration",
        "config": {
            "steps": [
                step(
                    "fetch_data",
                    "http_request",
                    url="{{api_endpoint}}",
                    method="GET",
                    headers={"Authorization": "Bearer {{api_token}}"},
                ),
                step(
                    "process_data",
                    "data_transform",
                    transformations=[
                        {"type": "extract", "path": "data.items", "key": "extracted_items"}
                    ],
                ),
            ]
        },
        "trigger_config": {"type": "schedule", "enabled": False},
        "cron": "0 9 * * 1",
        "version": "1.2.0",
        "tags": "api,integration,custom",
    },
    {
        "name": "Document Processing",
        "description": "Validate an uploaded file, read its text, store it and tell somebody",
        "category": "file-processing",
        "config": {
            "steps": [
                step(
                    "validate_upload",
                    "file_process",
                    action="validate",
                    file_id="{{trigger.file_id}}",
                    allowed_types=["pdf", "jpg", "png"],
                ),
                step(
                    "extract_text",
                    "file_process",
                    action="ocr_extract",
                    file_id="{{trigger.file_id}}",
                    language="{{language}}",
                ),
                step(
                    "store",
                    "http_request",
                    url="{{store_url}}",
                    method="POST",
                    data={"text": "{{steps.extract_text.content}}"},
                ),
                step("tell", "notification", type="webhook", webhook_url="{{webhook_url}}"),
            ]
        },
        "trigger_config": {"type": "file_upload", "enabled": True},
        "version": "2.0.1",
        "tags": "files,ocr",
    },
    {
        "name": "Contract Review (draft)",
        "description": "Read a contract and ask for a second look at unusual clauses",
        "category": "file-processing",
        "config": {
            "steps": [
                step("read", "file_process", action="extract", file_id="{{trigger.file_id}}"),
                step(
                    "is_unusual",
                    "conditional",
                    condition="{{steps.read.word_count}} > {{most_words}}",
                    true_action={"type": "notification", "config": {"message": "Please look"}},
                    false_action={"type": "log", "config": {"message": "Nothing unusual"}},
                ),
            ]
        },
        "trigger_config": {"type": "manual", "enabled": True},
        "is_public": False,
        "version": "0.3.0",
        "tags": "files,legal",
    },
    {
        "name": "Table Sync",
        "description": "Copy a table every night and note the number of its rows",
        "category": "sync",
        "config": {
            "steps": [
                step("fetch", "http_request", url="{{source_url}}", method="GET"),
                step("write", "http_request", url="{{target_url}}", method="POST"),
                step("note", "log", message="{{steps.fetch.json.items}} rows copied"),
            ]
        },
        "trigger_config": {"type": "schedule", "enabled": True},
        "cron": "0 2 * * *",
        "version": "1.0.3",
        "tags": "sync,tables",
    },
    {
        "name": "Team Notification",
        "description": "Tell a channel something",
        "category": "notifications",
        "config": {
            "steps": [
                step("note", "log", message="{{message}}"),
                step(
                    "send",
                    "notification",
                    type="webhook",
                    webhook_url="{{webhook_url}}",
                    message="{{message}}",
                ),
            ]
        },
        "trigger_config": {"type": "manual", "enabled": True},
        "tags": "chat,starter",
    },
)
