"""The templates: what there is to make workflows from, and what was made of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final, NamedTuple

from dli_tui.playground.checking import check_config, check_cron, check_name, wrong_config
from dli_tui.playground.course import COMPLETED, FAILED
from dli_tui.playground.filling import filled
from dli_tui.playground.records import Template, Workflow
from dli_tui.playground.refusals import RefusedError
from dli_tui.playground.world import World

_DAYS: Final = 7
_PERCENT: Final = 100


class Wanted(NamedTuple):
    """Which templates are meant."""

    category: str | None = None
    search: str | None = None
    tags: tuple[str, ...] = ()
    public_only: bool = True

    def fits(self, one: Template) -> bool:
        """Whether it is among them. One of several tags is enough."""
        text = f"{one.name} {one.description or ''}".casefold()
        return (
            (one.is_public or not self.public_only)
            and self.category in {None, one.category}
            and (self.search or "").casefold() in text
            and (not self.tags or not set(self.tags).isdisjoint(one.words))
        )


class Shelf:
    """All templates, and the world in which workflows are made of them."""

    def __init__(self, world: World, templates: Iterable[Template] = ()) -> None:
        self._world = world
        self._templates = {one.id: one for one in templates}
        self._newest = len(self._templates)

    def all(self, wanted: Wanted) -> list[Template]:
        """Those that are meant, oldest first."""
        return [one for one in self._templates.values() if wanted.fits(one)]

    def one(self, number: int) -> Template:
        """The one of that id."""
        found = self._templates.get(number)
        if found is None:
            raise RefusedError(404, "Template not found", "TEMPLATE_NOT_FOUND")
        return found

    def categories(self) -> Counter[str]:
        """How many public ones stand in each category."""
        return Counter(one.category for one in self.all(Wanted()))

    def create(self, **fields: Any) -> Template:  # noqa: ANN401 - fields of the record
        """A new template."""
        now = self._world.now()
        made = Template(self._newest + 1, created=now, updated=now, **fields)
        self._check(made)
        self._newest = made.id
        return self._put(made)

    def update(self, number: int, **changes: Any) -> Template:  # noqa: ANN401 - fields of the record
        """A template with other values."""
        made = replace(self.one(number), updated=self._world.now(), **changes)
        self._check(made)
        return self._put(made)

    def delete(self, number: int) -> None:
        """Take it off; the workflows made of it stay."""
        del self._templates[self.one(number).id]

    def _put(self, made: Template) -> Template:
        self._templates[made.id] = made
        return made

    def _check(self, made: Template) -> None:
        check_name(made.name)
        check_config(made.config)
        check_cron(made.cron)
        if any(one.name == made.name and one.id != made.id for one in self._templates.values()):
            raise RefusedError(
                409, f"A template named '{made.name}' already exists", "TEMPLATE_NAME_EXISTS"
            )

    def made(self, number: int, name: str, custom: Mapping[str, Any], **more: Any) -> Workflow:  # noqa: ANN401 - fields of the record
        """A workflow of a template, with what somebody wanted otherwise."""
        template = self.one(number)
        given: dict[str, Any] = {
            "description": template.description,
            "trigger_config": template.trigger_config,
            **more,
        }
        if given.get("is_scheduled") and given.get("cron") is None:
            given["cron"] = template.cron
        workflow = self._world.create(
            name, _customised(template.config, custom), template_id=number, **given
        )
        self._put(replace(template, uses=template.uses + 1))
        return workflow

    def usage(self, number: int) -> dict[str, Any]:
        """What became of a template: numbers, and the last days one by one."""
        template, now = self.one(number), self._world.now()
        workflows = [one for one in self._world.workflows() if one.template_id == number]
        executions = [run for one in workflows for run in self._world.of(one.id)]
        stands = Counter(run.status(now) for run in executions)
        over = stands[COMPLETED] + stands[FAILED]
        days = [(now - timedelta(days=ago)).date() for ago in reversed(range(_DAYS))]
        daily = Counter(run.asked.date() for run in executions)
        return {
            "template_id": number,
            "template_name": template.name,
            "usage_count": template.uses,
            "active_workflows": sum(one.runs for one in workflows),
            "total_executions": len(executions),
            "successful_executions": stands[COMPLETED],
            "failed_executions": stands[FAILED],
            "success_rate": round(_PERCENT * stands[COMPLETED] / over, 1) if over else None,
            "daily_usage": [{"date": day.isoformat(), "executions": daily[day]} for day in days],
        }


def _customised(config: Mapping[str, Any], custom: Mapping[str, Any]) -> dict[str, Any]:
    """A definition with other settings for its steps, and with its placeholders filled in."""
    steps = {step["name"]: dict(step) for step in config.get("steps", ())}
    for one in _steps_of(custom):
        name, changes = str(one.get("name")), one.get("config", {})
        if name in steps:
            steps[name]["config"] = {**steps[name].get("config", {}), **changes}
        elif "type" in one:
            steps[name] = dict(one)
        # The contract's own example changes a step that its template hasn't: passed over.
    values = {key: value for key, value in custom.items() if key != "steps"}
    made: dict[str, Any] = filled({**config, "steps": [*steps.values()]}, values)
    return made


def _steps_of(custom: Mapping[str, Any]) -> list[dict[str, Any]]:
    steps = custom.get("steps", [])
    if not isinstance(steps, list):
        raise wrong_config("custom_config.steps must be a list")
    for one in steps:
        if not isinstance(one, dict) or not isinstance(one.get("config", {}), dict):
            raise wrong_config("custom_config.steps must be a list of steps")
    return steps
