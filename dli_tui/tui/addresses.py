"""What a person asked to begin at, read from its words alone: a name, a run, or a pasted link.

Nothing is fetched from a link. It is taken apart as Airflow and alerts write them, and all
that is believed of it is the names in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Final, NamedTuple
from urllib.parse import parse_qsl, unquote, urlsplit

_WORKFLOW_FIELDS: Final = ("dag_id", "dataset_name", "dataset", "workflow")
_RUN_FIELDS: Final = ("dag_run_id", "run_id", "run")
_WORKFLOW_FOLDERS: Final = ("dags", "workflows", "datasets")
_RUN_FOLDERS: Final = ("dagruns", "runs")
_LONGEST: Final = 4096


class Aim(NamedTuple):
    """As much as the words tell; a plain word may be either, and is in `word`."""

    word: str = ""
    workflow: str = ""
    run: str = ""
    link: str = ""


def read(said: str) -> Aim:
    """What `said` is about."""
    said = said.strip()
    if "://" in said[:_LONGEST]:
        return _of_link(said[:_LONGEST])
    workflow, slash, run = said.partition("/")
    if slash and workflow and run:
        return Aim(workflow=workflow, run=run)
    return Aim(word=said)


def same_link(one: str, other: str) -> bool:
    """Whether two links lead to the same page, however they are spelled."""
    return _essence(one) == _essence(other)


def _of_link(link: str) -> Aim:
    try:
        parts = urlsplit(link)
    except ValueError:
        return Aim(link=link)
    # A page that draws itself in the browser has its own path and query behind the #. A plus
    # is meant as one: the zone of a run id, which nobody wrote as %2B.
    inner_path, _, inner_query = parts.fragment.partition("?")
    folders = [part for part in f"{parts.path}/{inner_path}".split("/") if part]
    fields = {
        name.casefold(): value.strip()
        for query in (inner_query, parts.query)
        for name, value in parse_qsl(query.replace("+", "%2B"))
    }
    return Aim(
        workflow=_field(fields, _WORKFLOW_FIELDS) or _folder(folders, _WORKFLOW_FOLDERS),
        run=_field(fields, _RUN_FIELDS) or _folder(folders, _RUN_FOLDERS),
        link=link,
    )


def _field(fields: Mapping[str, str], names: Iterable[str]) -> str:
    return next((fields[name] for name in names if fields.get(name)), "")


def _folder(folders: Sequence[str], names: Iterable[str]) -> str:
    """What stands behind the first folder of such a name."""
    fitting = (inside for folder, inside in pairwise(folders) if folder.casefold() in names)
    return unquote(next(fitting, ""))


def _essence(link: str) -> object:
    try:
        parts = urlsplit(link.strip())
    except ValueError:
        return link
    fields = sorted(parse_qsl(parts.query, keep_blank_values=True))
    path = unquote(parts.path).rstrip("/")
    return parts.scheme.casefold(), parts.netloc.casefold(), path, fields
