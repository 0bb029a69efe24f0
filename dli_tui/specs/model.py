"""A dataset spec as a value, and why a file doesn't make one.

Our own blocks are read strictly, because a misspelt key that is ignored is a schedule that
nobody asked for. What stands beside them belongs to other tools and is only carried along.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Annotated, Any, Final, Literal, get_args

from pydantic import (
    AfterValidator,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic.fields import FieldInfo

from dli_tui.domain.cron import problem_of
from dli_tui.domain.errors import ConfigurationError
from dli_tui.domain.ids import why_not_a_name
from dli_tui.domain.schedule import (
    NotificationConfig,
    NotificationTarget,
    RetryConfig,
    ScheduleConfig,
)
from dli_tui.domain.value import Value
from dli_tui.domain.zones import zone_of
from dli_tui.specs.errors import SpecError
from dli_tui.specs.words import Place, got, near, problem, problems, problems_of

StepType = Literal["sql", "http", "python", "shell", "wait", "log"]
ParameterType = Literal["string", "integer", "number", "boolean", "date", "json"]

_STRICT: Final = ConfigDict(strict=True, extra="forbid")


def _is_date(value: object) -> bool:
    if isinstance(value, str):
        try:
            return date.fromisoformat(value).isoformat() == value
        except ValueError:
            return False
    return isinstance(value, date) and not isinstance(value, datetime)


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_number(value: object) -> bool:
    return _is_whole(value) or (isinstance(value, float) and math.isfinite(value))


def _is_json(value: object) -> bool:
    if isinstance(value, dict):
        return all(isinstance(key, str) and _is_json(item) for key, item in value.items())
    if isinstance(value, list):
        return all(_is_json(item) for item in value)
    return value is None or isinstance(value, (str, bool)) or _is_number(value)


_KINDS: Final[dict[ParameterType, tuple[str, Callable[[object], bool]]]] = {
    "string": ("text", lambda value: isinstance(value, str)),
    "integer": ("a whole number", _is_whole),
    "number": ("a number", _is_number),
    "boolean": ("true or false", lambda value: isinstance(value, bool)),
    "date": ("a date such as 2026-01-31", _is_date),
    "json": ("what JSON can hold", _is_json),
}


def _one_of(*words: str) -> BeforeValidator:
    def check(value: object) -> object:
        if value not in words:
            raise problem(
                f"expected one of {', '.join(words)}, got {got(value)}{near(value, words)}"
            )
        return value

    return BeforeValidator(check)


def _at_least(least: int, value: object) -> object:
    if not isinstance(value, int) or isinstance(value, bool) or value < least:
        raise problem(f"expected a whole number of at least {least}, got {got(value)}")
    return value


def _name(text: str) -> str:
    reason = why_not_a_name(text)
    if reason is not None:
        raise problem(f"expected a name, got {got(text)}: {reason}")
    return text


def _cron(text: str) -> str:
    wrong = problem_of(text)
    if wrong is not None:
        raise problem(
            f"expected a cron expression of five fields, got {got(text)}: {wrong.message}"
        )
    return text


def _zone(text: str) -> str:
    try:
        zone_of(text)
    except ConfigurationError:
        raise problem(f"expected an IANA time zone such as Asia/Seoul, got {got(text)}") from None
    return text


Name = Annotated[str, AfterValidator(_name)]


class ScheduleSpec(Value):
    """When it runs."""

    model_config = _STRICT

    cron: Annotated[str, AfterValidator(_cron)] | None = Field(
        default=None, description="Five-field cron; none: runs by hand only."
    )
    timezone: Annotated[str, AfterValidator(_zone)] = Field(
        default="UTC", description="The IANA zone in which the cron is read."
    )
    enabled: bool = Field(default=True, description="Whether it fires from the start.")


class RetrySpec(RetryConfig):
    """How failures are retried, within what makes sense."""

    model_config = _STRICT

    @field_validator("max_attempts", mode="before")
    @classmethod
    def _tried_once(cls, value: object) -> object:
        return _at_least(1, value)

    @field_validator("delay_seconds", mode="before")
    @classmethod
    def _not_before(cls, value: object) -> object:
        return _at_least(0, value)


class TargetSpec(NotificationTarget):
    """Where one message goes, with an address of some kind."""

    model_config = _STRICT

    @model_validator(mode="after")
    def _has_an_address(self) -> TargetSpec:
        if not self.channel and not self.url:
            raise problem("expected a channel or a url beside the type, got neither")
        return self


class NotificationSpec(NotificationConfig):
    """Who hears of what."""

    model_config = _STRICT

    on_failure: tuple[TargetSpec, ...] = Field(
        default=(), strict=False, description="When a run fails."
    )
    on_success: tuple[TargetSpec, ...] = Field(
        default=(), strict=False, description="When it succeeds."
    )
    on_source_change: tuple[TargetSpec, ...] = Field(
        default=(),
        strict=False,
        description="When CODE takes over from MANUAL, or gives it back.",
    )


class ParameterSpec(Value):
    """One parameter that a run can be given."""

    model_config = _STRICT

    type: Annotated[ParameterType, _one_of(*get_args(ParameterType))] = Field(
        default="string", description="What kind of value it takes."
    )
    default: Any = Field(default=None, description="Its value unless a run is given another.")
    description: str | None = Field(default=None, description="What it is for.")

    @field_validator("default")
    @classmethod
    def _fits_the_type(cls, value: object, info: ValidationInfo) -> object:
        kind = info.data.get("type")
        if value is None or kind is None:
            return value
        what, fits = _KINDS[kind]
        if not fits(value):
            raise problem(f"expected {what}, as its type is {kind}, got {got(value)}")
        return value


class StepSpec(Value):
    """One step of the work."""

    model_config = _STRICT

    name: Name = Field(description="A name that no other step has.")
    type: Annotated[StepType, _one_of(*get_args(StepType))] = Field(
        description=f"The kind of work: {', '.join(get_args(StepType))}."
    )
    needs: tuple[str, ...] = Field(
        default=(), strict=False, description="The steps that must be done before it."
    )
    config: dict[str, Any] = Field(default_factory=dict, description="Its settings.")


def _connected(steps: tuple[StepSpec, ...]) -> tuple[StepSpec, ...]:
    found = [*_shared_names(steps), *_unknown_needs(steps)] or [*_circles(steps)]
    if found:
        raise problems(found)
    return steps


def _shared_names(steps: tuple[StepSpec, ...]) -> Iterator[tuple[Place, str]]:
    holders: dict[str, int] = {}
    for index, step in enumerate(steps):
        first = holders.setdefault(step.name, index)
        if first != index:
            yield (
                (index, "name"),
                f"expected a name of its own, steps[{first}] is {step.name!r} too",
            )


def _unknown_needs(steps: tuple[StepSpec, ...]) -> Iterator[tuple[Place, str]]:
    names = {step.name for step in steps}
    for index, step in enumerate(steps):
        for position, need in enumerate(step.needs):
            if need not in names:
                others = sorted(names - {step.name})
                yield (
                    (index, "needs", position),
                    f"{got(need)} is not a step{near(need, others)}",
                )


def _circles(steps: tuple[StepSpec, ...]) -> Iterator[tuple[Place, str]]:
    try:
        TopologicalSorter({step.name: step.needs for step in steps}).prepare()
    except CycleError as error:
        # graphlib names each before the one that needs it; people read it the other way.
        circle = " needs ".join(repr(name) for name in reversed(error.args[1]))
        yield (), f"{circle}, so none of them could begin"


class DatasetSpec(Value):
    """What a dataset's file says of its workflow."""

    model_config = _STRICT

    version: Annotated[Literal["v1"], _one_of("v1")] = Field(
        default="v1", description="The edition of this format."
    )
    name: Name = Field(description="The dataset's name.")
    owner: str | None = Field(default=None, description="The person who answers for it.")
    team: str | None = Field(default=None, description="The team that answers for it.")
    description: str | None = Field(default=None, description="What it is for.")
    tags: tuple[str, ...] = Field(default=(), strict=False, description="Words it is filed under.")
    schedule: ScheduleSpec = Field(default_factory=ScheduleSpec, description="When it runs.")
    retry: RetrySpec = Field(default_factory=RetrySpec, description="How failures are retried.")
    notifications: NotificationSpec = Field(
        default_factory=NotificationSpec, description="Who hears of what."
    )
    parameters: dict[str, ParameterSpec] = Field(
        default_factory=dict, description="What a run can be given, by name."
    )
    steps: Annotated[tuple[StepSpec, ...], AfterValidator(_connected)] = Field(
        default=(), strict=False, description="The work, step by step."
    )
    extra: dict[Any, Any] = Field(
        default_factory=dict, description="What the file holds for other tools, as it stands."
    )

    @property
    def schedule_config(self) -> ScheduleConfig:
        """The schedule as a registration sends it."""
        return ScheduleConfig(
            cron=self.schedule.cron,
            timezone=self.schedule.timezone,
            enabled=self.schedule.enabled,
            retry=RetryConfig.model_validate(self.retry.model_dump()),
            notifications=NotificationConfig.model_validate(self.notifications.model_dump()),
        )


_OURS: Final = frozenset(DatasetSpec.model_fields) - {"extra"}
# By the first key and by how deep a key of the block stands.
_BLOCKS: Final[dict[tuple[int | str, int], type[Value]]] = {
    ("schedule", 2): ScheduleSpec,
    ("retry", 2): RetrySpec,
    ("notifications", 2): NotificationSpec,
    ("notifications", 4): TargetSpec,
    ("parameters", 3): ParameterSpec,
    ("steps", 3): StepSpec,
}


def spec_from(mapping: Mapping[Any, Any], path: Path | None = None) -> DatasetSpec:
    """The spec that a file's mapping makes; DLI-801 with everything that is wrong."""
    # An empty `tags:` is what a person leaves who has none.
    ours = {key: mapping[key] for key in mapping if key in _OURS and mapping[key] is not None}
    rest = {key: value for key, value in mapping.items() if key not in _OURS}
    try:
        return DatasetSpec.model_validate({**ours, "extra": rest})
    except ValidationError as error:
        named = mapping.get("name")
        raise SpecError(
            problems_of(error, _fields_at),
            path=path,
            dataset_name=named if isinstance(named, str) else "",
        ) from None


def _fields_at(place: Place) -> Mapping[str, FieldInfo]:
    block = _BLOCKS.get((place[0], len(place)), DatasetSpec)
    return block.model_fields
