"""Templates: ready-made workflow definitions to start from."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from pydantic import Field

from dli_tui.domain.value import Moment, Value

_PLACEHOLDER: Final = re.compile(r"\{\{\s*([A-Za-z_][\w-]*)\s*\}\}", re.ASCII)
"""One with a dot, like `{{trigger.file_id}}`, is filled in by the server when a run begins."""
_OF_A_RUN: Final = frozenset({"execution_id", "workflow_id"})


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

    @property
    def placeholders(self) -> tuple[str, ...]:
        """What has to be filled in to make a workflow of it, in the order of its definition."""
        found = (
            name for text in _texts(self.template_config) for name in _PLACEHOLDER.findall(text)
        )
        return tuple(dict.fromkeys(name for name in found if name not in _OF_A_RUN))

    def filled(self, given: Mapping[str, Any]) -> Template:
        """The template with `given` in place of its placeholders; what isn't given stays."""
        return self.twin(template_config=_filled(self.template_config, given))


def _texts(config: object) -> Iterator[str]:
    """Every text in a definition, however deep."""
    match config:
        case str():
            yield config
        case dict():
            for value in config.values():
                yield from _texts(value)
        case list():
            for value in config:
                yield from _texts(value)


def _filled(config: object, given: Mapping[str, Any]) -> Any:  # noqa: ANN401 - JSON of any kind
    match config:
        case str():
            whole = _PLACEHOLDER.fullmatch(config)
            if whole and whole[1] in given:
                return given[whole[1]]
            return _PLACEHOLDER.sub(lambda one: str(given.get(one[1], one[0])), config)
        case dict():
            return {key: _filled(value, given) for key, value in config.items()}
        case list():
            return [_filled(value, given) for value in config]
        case _:
            return config


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
        default_factory=dict, description="What stands for its placeholders, by name."
    )
    cron_schedule: str | None = Field(default=None, description="Its schedule, if it has one.")
    is_scheduled: bool = Field(default=False, description="Whether that schedule fires.")
    trigger_on_file_upload: bool = Field(default=False, description="Whether an upload starts it.")
