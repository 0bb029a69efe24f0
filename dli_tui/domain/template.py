"""Templates: ready-made workflow definitions to start from."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from pydantic import Field

from dli_tui.domain.value import Moment, Value

_PLACEHOLDER: Final = re.compile(r"\{\{\s*([A-Za-z_][\w.-]*)\s*\}\}", re.ASCII)
_OF_A_RUN: Final = frozenset({"execution_id", "workflow_id", "trigger", "steps", "env"})
"""What the server fills in when a run begins: these, and whatever stands below them."""
_STEPS: Final = "steps"
_VARIABLES: Final = "variables"


def is_of_a_run(name: str) -> bool:
    """Whether the server fills in `{{name}}` itself, so that nobody else ever does."""
    return name.partition(".")[0] in _OF_A_RUN


def placeholders_in(config: object) -> tuple[str, ...]:
    """What a definition leaves to a person to fill in, in its order and once."""
    found = (name for text in texts_in(config) for name in _PLACEHOLDER.findall(text))
    return tuple(dict.fromkeys(name for name in found if not is_of_a_run(name)))


def texts_in(config: object) -> Iterator[str]:
    """Every text in a definition, however deep."""
    match config:
        case str():
            yield config
        case dict():
            for value in config.values():
                yield from texts_in(value)
        case list():
            for value in config:
                yield from texts_in(value)


class TemplateStep(Value):
    """One step of a template."""

    name: str = Field(description="Its name in the workflow.")
    type: str = Field(description="What kind of work it does.")
    config: dict[str, Any] = Field(default_factory=dict, description="Its settings.")


class TemplateField(Value):
    """Something that a template leaves open: a variable, or a setting that is empty."""

    name: str = Field(description="The variable; of an empty setting STEP.SETTING.")
    default: Any = Field(default=None, description="What it is unless told otherwise.")
    description: str | None = Field(default=None, description="What it is for.")
    steps: tuple[str, ...] = Field(default=(), description="The steps that it goes into.")


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
        return tuple(
            TemplateStep(
                name=str(step.get("name", f"step {number}")),
                type=str(step.get("type", "unknown")),
                config=step["config"] if isinstance(step.get("config"), dict) else {},
            )
            for number, step in enumerate(_steps_in(self.template_config), start=1)
        )

    @property
    def placeholders(self) -> tuple[str, ...]:
        """What has to be filled in to make a workflow of it, in the order of its definition."""
        return placeholders_in(self.template_config)

    @property
    def fields(self) -> tuple[TemplateField, ...]:
        """All that it leaves open, step by step: its variables, and settings that are empty."""
        users: dict[str, list[str]] = {name: [] for name in self.placeholders}
        for step in self.steps:
            for name in placeholders_in(step.config):
                users[name].append(step.name)
            for key in _empty(step):
                users[f"{step.name}.{key}"] = [step.name]
        return tuple(self._field(name, tuple(steps)) for name, steps in users.items())

    def filled(self, given: Mapping[str, Any]) -> Template:
        """The template with `given` in place of what it leaves open; what isn't given stays."""
        config = _filled(self.template_config, given)
        for step in _steps_in(config):
            name, settings = step.get("name"), step.get("config")
            if isinstance(settings, dict):
                # One that says something isn't open, also where a variable is called like it.
                open_ones = {key: f"{name}.{key}" for key, told in settings.items() if told == ""}
                settings |= {key: given[one] for key, one in open_ones.items() if one in given}
        return self.twin(template_config=config)

    def custom_config(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """What to send so that `given` stands in its steps: the changed ones, each whole.

        Whole, as a server that replaces a step's settings then does what one does that adds to
        them.
        """
        pairs = zip(self.steps, self.filled(given).steps, strict=True)
        changed = [after for before, after in pairs if before != after]
        if not changed:
            return {}
        return {_STEPS: [{"name": one.name, "config": one.config} for one in changed]}

    def customised(self, custom: Mapping[str, Any]) -> Template:
        """The template with the settings of a `custom_config` in its steps, by their names."""
        settings = {str(one.get("name")): one.get("config") for one in _steps_in(custom)}
        config = _filled(self.template_config, {})
        for step in _steps_in(config):
            own, more = step.get("config"), settings.get(str(step.get("name")))
            if isinstance(more, dict):
                step["config"] = {**own, **more} if isinstance(own, dict) else more
        return self.twin(template_config=config)

    def _field(self, name: str, steps: tuple[str, ...]) -> TemplateField:
        told = self.template_config.get(_VARIABLES)
        one = told.get(name) if isinstance(told, dict) else None
        if not isinstance(one, dict):
            return TemplateField(name=name, default=one, steps=steps)
        says = one.get("description")
        return TemplateField(
            name=name,
            default=one.get("default"),
            description=says if isinstance(says, str) else None,
            steps=steps,
        )


def _empty(step: TemplateStep) -> Iterator[str]:
    """The settings of a step that wait for a text."""
    return (key for key, value in step.config.items() if value == "")


def _steps_in(config: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The steps of a definition that are objects."""
    found = config.get(_STEPS)
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def _filled(config: object, given: Mapping[str, Any]) -> Any:  # noqa: ANN401 - JSON of any kind
    match config:
        case str():
            whole = _PLACEHOLDER.fullmatch(config)
            if whole and _is_open(whole[1], given):
                return given[whole[1]]
            return _PLACEHOLDER.sub(
                lambda one: str(given[one[1]]) if _is_open(one[1], given) else one[0], config
            )
        case dict():
            return {key: _filled(value, given) for key, value in config.items()}
        case list():
            return [_filled(value, given) for value in config]
        case _:
            return config


def _is_open(name: str, given: Mapping[str, Any]) -> bool:
    return name in given and not is_of_a_run(name)


class TemplateCategory(Value):
    """A shelf of templates."""

    name: str = Field(description="Its name in filters.")
    display_name: str = Field(description="Its name for people.")
    count: int = Field(default=0, description="How many templates stand on it.")


class TemplateDraft(Value):
    """A template as a person writes it, before it has an id."""

    name: str = Field(description="What it is called.")
    description: str | None = Field(default=None, description="What it is for.")
    category: str = Field(default="general", description="The shelf it stands on.")
    template_config: dict[str, Any] = Field(default_factory=dict, description="The definition.")
    default_trigger_config: dict[str, Any] | None = Field(
        default=None, description="What starts its workflows unless told otherwise."
    )
    default_cron_schedule: str | None = Field(default=None, description="Its suggested schedule.")
    is_public: bool = Field(default=True, description="Whether everybody sees it.")
    tags: tuple[str, ...] = Field(default=(), description="Words it is filed under.")

    @classmethod
    def of(cls, template: Template) -> TemplateDraft:
        """A template, to be changed."""
        return cls(**{name: getattr(template, name) for name in cls.model_fields})


class UsagePoint(Value):
    """One bar of a chart: how often in a day, or whatever a server counts by."""

    label: str = Field(description="What was counted by.")
    count: float = Field(description="How often.")


class TemplateUsage(Value):
    """How a template is used, in whatever numbers the server has of it."""

    template_id: str = Field(description="The template.")
    facts: dict[str, str | bool | int | float] = Field(
        default_factory=dict, description="What the server tells in single values, by its names."
    )
    series: dict[str, tuple[UsagePoint, ...]] = Field(
        default_factory=dict, description="What it counts over time, by its names."
    )


class NewFromTemplate(Value):
    """What a person fills in to make a workflow from a template."""

    template_id: str = Field(description="The template to use.")
    workflow_name: str = Field(description="What the workflow is to be called.")
    workflow_description: str | None = Field(default=None, description="What it is for.")
    custom_config: dict[str, Any] = Field(
        default_factory=dict, description="Steps with settings of their own: steps, name, config."
    )
    cron_schedule: str | None = Field(default=None, description="Its schedule, if it has one.")
    is_scheduled: bool = Field(default=False, description="Whether that schedule fires.")
    trigger_on_file_upload: bool = Field(default=False, description="Whether an upload starts it.")
    trigger_file_extensions: str | None = Field(
        default=None, description="Of which files, with commas; none: of any."
    )
