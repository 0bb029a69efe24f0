"""Any value of any of our models, field by field, so that no field is forgotten."""

import types
import typing
from datetime import UTC, date, datetime, timedelta
from enum import Enum
from functools import cache
from typing import Any

from hypothesis import strategies as st
from pydantic import BaseModel

from dli_tui.domain.text import safe

TEXT = st.text(max_size=12).filter(lambda text: bool(text.strip()))
"""A name, an id, a word: kept as it came."""
SENTENCE = TEXT.map(safe).filter(lambda text: bool(text.strip()))
"""What only is shown, made safe already."""
TAG = TEXT.map(str.strip)
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=5), inner, max_size=2)
    ),
    max_leaves=4,
)
OBJECT = st.dictionaries(st.text(max_size=8), JSON, max_size=3)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MOMENT = st.integers(0, 7 * 10**15).map(lambda passed: _EPOCH + timedelta(microseconds=passed))
DAY = st.dates(min_value=date(1970, 1, 1), max_value=date(2200, 1, 1))
SENTENCES = frozenset(
    {
        *("clock_note", "description", "error_message", "import_error", "message", "reason"),
        *("text", "unreadable", "warning"),
    }
)
_SCALARS = {
    str: TEXT,
    bool: st.booleans(),
    int: st.integers(min_value=0, max_value=10**6),
    float: st.floats(min_value=0, max_value=10**6),
    datetime: MOMENT,
    date: DAY,
    Any: JSON,
}


def models(kind, **given):
    """Values of a model; `given` are strategies for fields that have to be something special."""
    return _models(kind, tuple(sorted(given.items())))


@cache
def _models(kind, given):
    special = dict(given)
    fields = {
        name: special[name] if name in special else _of_field(name, field.annotation)
        for name, field in kind.model_fields.items()
    }
    return st.builds(kind, **fields)


def _of_field(name, annotation):
    if name in SENTENCES:
        return SENTENCE | st.none() if _may_be_none(annotation) else SENTENCE
    if name == "max_attempts":
        return st.integers(min_value=1, max_value=10**6)
    if name == "tags":
        return st.lists(TAG, max_size=2).map(tuple)
    return _of_type(annotation)


def _may_be_none(annotation):
    return type(None) in typing.get_args(annotation)


def _of_type(annotation):
    origin, parts = typing.get_origin(annotation), typing.get_args(annotation)
    if origin in (types.UnionType, typing.Union):
        kinds = [_of_type(part) for part in parts if part is not type(None)]
        return st.one_of(st.none(), *kinds)
    if origin is typing.Annotated:
        return _of_type(parts[0])
    if origin is tuple:
        return st.lists(_of_type(parts[0]), max_size=2).map(tuple)
    if origin is dict:
        return OBJECT if parts[1] is Any else st.dictionaries(TEXT, _of_type(parts[1]), max_size=3)
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return st.sampled_from(annotation)
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return models(annotation)
    return _SCALARS[annotation]
