"""Templates as the commands print them: a list, one in full, how it is used, what would be sent."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

from dli_tui.domain.template import (
    NewFromTemplate,
    Template,
    TemplateField,
    TemplateStep,
    TemplateUsage,
)
from dli_tui.present import crons, words
from dli_tui.present.jsonline import json_line
from dli_tui.present.tables import Cells

COLUMNS: Final = ("ID", "NAME", "CATEGORY", "STEPS", "USED", "TAGS")
STEP_COLUMNS: Final = ("STEP", "TYPE")
FIELD_COLUMNS: Final = ("VARIABLE", "DEFAULT", "STEPS", "WHAT FOR")
SERIES_COLUMNS: Final = ("WHAT", "COUNT")

Facts = Iterator[tuple[str, str | None]]


def templates(found: Sequence[Template]) -> list[Cells]:
    """The templates of a list as cells."""
    return [
        (
            words.name(one.id),
            words.word(one.name),
            words.word(one.category),
            str(len(one.steps)),
            f"{one.usage_count:,}",
            words.word(", ".join(one.tags)),
        )
        for one in found
    ]


def templates_footer(found: Sequence[Template]) -> str:
    """How many there are, by category where they differ."""
    counts = Counter(one.category for one in found)
    total = f"Total: {words.plural(len(found), 'template')}"
    if len(counts) < 2:  # noqa: PLR2004 - one category needs no breakdown
        return total
    return f"{total} ({', '.join(f'{n} {words.word(one)}' for one, n in sorted(counts.items()))})"


def about(template: Template) -> Facts:
    """What is known of a template beside its steps and variables."""
    trigger = template.default_trigger_config or {}
    off = ", off" if trigger.get("enabled") is False else ""
    kind = trigger.get("type")
    yield "Template", template.name
    yield "Id", template.id
    yield "Category", template.category
    yield "Description", template.description
    yield "Tags", ", ".join(template.tags)
    yield "Version", template.version
    yield "Used", f"{template.usage_count:,}"
    yield "Public", "yes" if template.is_public else "no"
    yield "Trigger", f"{kind}{off}" if isinstance(kind, str) else None
    yield "Cron", schedule(template.default_cron_schedule)
    yield "Created", words.moment(template.created_at) if template.created_at else None
    yield "Updated", words.moment(template.updated_at) if template.updated_at else None


def steps(found: Sequence[TemplateStep]) -> tuple[list[Cells], list[str | None]]:
    """The steps as cells, and the settings of each to stand below it."""
    from dli_tui.present import yamltext  # noqa: PLC0415 - YAML is slow to load

    cells: list[Cells] = [(words.name(one.name), words.word(one.type)) for one in found]
    settings = [yamltext.lines_of(one.config) if one.config else [] for one in found]
    return cells, ["\n".join(f"    {line}" for line in lines) or None for lines in settings]


def fields(found: Sequence[TemplateField]) -> list[Cells]:
    """What a template leaves open, as cells."""
    return [
        (
            words.name(one.name),
            words.NOTHING if one.default is None else json_line(one.default),
            words.word(", ".join(one.steps)),
            words.word(one.description),
        )
        for one in found
    ]


def usage(found: TemplateUsage) -> Facts:
    """What a server tells of it in single values, by its names."""
    for name, value in found.facts.items():
        yield words.name(name), value if isinstance(value, str) else json_line(value)


def series(found: TemplateUsage) -> Iterator[tuple[str, list[Cells]]]:
    """What a server counts, a table each."""
    for name, points in found.series.items():
        rows: list[Cells] = [(words.word(one.label), f"{one.count:,g}") for one in points]
        yield words.name(name), rows


def request(wanted: NewFromTemplate) -> Facts:
    """What would be sent to make a workflow, beside the settings of its steps."""
    uploads = wanted.trigger_file_extensions or "any file"
    yield "Workflow", wanted.workflow_name
    yield "Description", wanted.workflow_description
    yield "Cron", schedule(wanted.cron_schedule)
    yield "Scheduled", "yes" if wanted.is_scheduled else "no"
    yield "On upload", f"yes, {uploads}" if wanted.trigger_on_file_upload else "no"


def schedule(cron: str | None) -> str | None:
    """A schedule, in words too where there are some."""
    said = crons.words_of(cron) if cron else ""
    return f"{cron} ({said})" if said else cron
