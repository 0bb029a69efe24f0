"""Templates: ready-made workflow definitions to start from."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from dli_tui.domain.value import Moment, Value


class TemplateStep(Value):
    """One step of a template."""

    name: str = Field(description="Its name in the workflow.")
    type: str = Field(description="What kind of work it does.")
    config: dict[str, Any] = Field(default_factory=dict, description="Its settings.")


class Template(Value):
    """A definition that a workflow can be made from."""

    id: str = Field(description="The server's id.")
    name: str = Field(description="What it is called.")
    description: str | None = Field(default=None, description="What it is for.")
    category: str = Field(default="general", description="The shelf it stands on.")
    template_config: dict[str, Any] = Field(default_factory=dict, description="The definition.")
    default_trigger_config: dict[str, Any] | None = Field(
        default=None, description="What starts its workflows unless told otherwise."
    )
    default_cron_schedule: str | None = Field(default=None, description="Its suggested schedule.")
    is_public: bool = Field(default=True, description="Whether everybody sees it.")
    version: str | None = Field(default=None, description="Which edition it is.")
    usage_count: int = Field(default=0, description="How many workflows were made from it.")
    tags: tuple[str, ...] = Field(default=(), description="Words it is filed under.")
    created_at: Moment | None = Field(default=None, description="When it came into being.")
    updated_at: Moment | None = Field(default=None, description="When it last changed.")

    @property
    def steps(self) -> tuple[TemplateStep, ...]:
        """The steps of its definition that can be read as steps."""
        found = self.template_config.get("steps")
        if not isinstance(found, list):
            return ()
        return tuple(
            TemplateStep(
                name=str(step.get("name", f"step {number}")),
                type=str(step.get("type", "unknown")),
                config=step["config"] if isinstance(step.get("config"), dict) else {},
            )
            for number, step in enumerate(found, start=1)
            if isinstance(step, dict)
        )


class TemplateCategory(Value):
    """A shelf of templates."""

    name: str = Field(description="Its name in filters.")
    display_name: str = Field(description="Its name for people.")
    count: int = Field(default=0, description="How many templates stand on it.")


class NewFromTemplate(Value):
    """What a person fills in to make a workflow from a template."""

    template_id: str = Field(description="The template to use.")
    workflow_name: str = Field(description="What the workflow is to be called.")
    workflow_description: str | None = Field(default=None, description="What it is for.")
    custom_config: dict[str, Any] = Field(
        default_factory=dict, description="The settings that differ from the template's."
    )
    cron_schedule: str | None = Field(default=None, description="Its schedule, if it has one.")
    is_scheduled: bool = Field(default=False, description="Whether that schedule fires.")
    trigger_on_file_upload: bool = Field(default=False, description="Whether an upload starts it.")
