"""One corpus of specs: what registers a spec and what makes a DAG of it accept the same."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from dli_tui.airflow_dags import dli_dags
from dli_tui.domain.cron import problem_of
from dli_tui.specs.errors import SpecError
from dli_tui.specs.reader import parse_spec, text_of
from dli_tui.specs.store.document import Act, Header, bytes_of

CORPUS = sorted((Path(__file__).parent.parent / "corpus" / "specs").glob("*.yaml"))
NO_RULES = dli_dags.Rules()
NOW = datetime(2026, 1, 31, 9, tzinfo=UTC)


def ours(path):
    """What `dli_tui.specs` makes of a file: a spec, or None."""
    try:
        return parse_spec(text_of(path), path)
    except SpecError:
        return None


def theirs(data):
    """What the factory makes of a document: a spec, or None."""
    try:
        return dli_dags.spec_of(dli_dags.text_of(data) or "")
    except dli_dags.WrongSpecError:
        return None


def facts(spec):
    """What both read in a spec, in one form."""
    if isinstance(spec, dli_dags.Spec):
        return (
            (spec.name, spec.owner, spec.team, spec.description, spec.tags),
            (spec.cron, spec.timezone, spec.enabled, spec.max_attempts, spec.delay_seconds),
            {
                event: [(one["type"], one.get("channel"), one.get("url")) for one in targets]
                for event, targets in spec.targets.items()
                if targets
            },
            {name: tuple(one) for name, one in spec.parameters.items()},
            [tuple(step) for step in spec.steps],
        )
    return (
        (spec.name, spec.owner, spec.team, spec.description, spec.tags),
        (
            *(spec.schedule.cron, spec.schedule.timezone, spec.schedule.enabled),
            *(spec.retry.max_attempts, spec.retry.delay_seconds),
        ),
        {
            event: [(one.type, one.channel, one.url) for one in targets]
            for event, targets in spec.notifications
            if targets
        },
        {name: (one.type, one.default, one.description) for name, one in spec.parameters.items()},
        [(step.name, step.type, step.needs, step.config) for step in spec.steps],
    )


@pytest.mark.parametrize("path", CORPUS, ids=lambda path: path.stem)
def test_both_accept_what_is_good_and_nothing_else(path):
    spec, found = ours(path), theirs(path.read_bytes())
    assert (spec is not None, found is not None) == (not path.stem.startswith("bad-"),) * 2
    if spec is not None:
        assert facts(found) == facts(spec)


@pytest.mark.parametrize(
    "path", [path for path in CORPUS if path.stem.startswith("good-")], ids=lambda path: path.stem
)
def test_a_good_spec_gets_a_dag_from_anybody(path):
    spec = theirs(path.read_bytes())
    assert dli_dags.refusals(spec, dli_dags.MANUAL, NO_RULES) == []


@pytest.mark.parametrize(
    "path",
    [path for path in CORPUS if path.stem.startswith("refused-")],
    ids=lambda path: path.stem,
)
def test_what_manual_may_not_is_refused_and_says_why(path):
    reason = path.read_text("utf-8").splitlines()[0].removeprefix("# says: ")
    spec = theirs(path.read_bytes())
    assert any(reason in problem for problem in dli_dags.refusals(spec, "manual", NO_RULES))


_WORDS = st.sampled_from(
    [
        *("x", "b", "a.b", "log", "sql", "v1", "date", "json", "integer", "slack", "UTC"),
        *("Asia/Seoul", "2026-01-31", "https://x", "* * * * *", "0 9 * * 1-5", "0 0 30 2 *"),
        *("", None, True, 0, 1, 3, -1, 1.5, float("inf")),
    ]
)
_KEYS = st.sampled_from(
    [
        *("name", "type", "needs", "config", "cron", "timezone", "enabled", "url", "channel"),
        *("default", "description", "max_attempts", "delay_seconds", "on_failure", 1),
    ]
)
_VALUES = st.recursive(
    _WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_KEYS, inner, max_size=3),
    max_leaves=8,
)
_BLOCKS = (
    *("version", "owner", "tags", "schedule", "retry", "notifications"),
    *("parameters", "steps", "extra"),
)
_SPECS = st.fixed_dictionaries(
    {"name": st.sampled_from(["x", "a.b", "", 5])}, optional=dict.fromkeys(_BLOCKS, _VALUES)
)


@settings(deadline=None, max_examples=400, derandomize=True)
@given(_SPECS)
def test_both_agree_on_any_mapping(mapping):
    text = yaml.safe_dump(mapping)
    try:
        spec = parse_spec(text)
    except SpecError:
        spec = None
    found = theirs(text.encode())
    assert (found is None) == (spec is None)
    if spec is not None:
        assert facts(found) == facts(spec)


@settings(deadline=None, max_examples=300, derandomize=True)
@given(st.text(alphabet="ab:-?[]{}&*!|>'\"%@`#,<=.0123 \n\t\\x\x00é한", max_size=40))
def test_both_agree_on_any_text(text):
    text = f"name: x\n{text}"
    try:
        spec = parse_spec(text)
    except SpecError:
        spec = None
    assert (theirs(text.encode()) is None) == (spec is None)


@settings(deadline=None, max_examples=500, derandomize=True)
@given(st.text(alphabet="0123456789*/,- \tmonjan", max_size=14), st.integers(0, 4))
def test_both_agree_on_any_cron(text, field):
    fields = ["*"] * 5
    fields[field] = text
    expression = " ".join(fields)
    assert (dli_dags.cron_problem(expression) is None) == (problem_of(expression) is None)


@pytest.mark.parametrize("act", Act)
def test_the_line_of_the_store_says_whether_a_document_was_removed(act):
    document = bytes_of(Header(2, act, "data@example.com", NOW), "name: x\n")
    expected = None if act is Act.REMOVED else "name: x\n"
    assert dli_dags.text_of(document) == expected


def test_a_line_that_the_store_did_not_write_is_part_of_the_spec():
    document = b"# dli-tui: revision 0, removed by me\nname: x\n"
    assert dli_dags.text_of(document) == document.decode()


def test_a_document_may_be_as_long_as_a_spec_and_its_line():
    header = Header(2, Act.REGISTERED, "data@example.com", NOW)
    longest = "#" * dli_dags.MAX_BYTES
    assert dli_dags.text_of(bytes_of(header, longest)) == longest
    with pytest.raises(dli_dags.WrongSpecError, match="longer than"):
        dli_dags.text_of(bytes_of(header, longest + "#"))
