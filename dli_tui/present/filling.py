"""A template filled in: what a form asks for, what its lines mean, and what comes of them.

What is typed is text, and stays text, unless a setting is nothing but the variable (`{{pause}}`)
or was left empty. Then a number, true, false, and JSON in brackets mean what they say, where the
setting can be that; in quotes they are text all the same. A variable whose default is of a kind
takes values of that kind alone.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from dli_tui.domain import configuration
from dli_tui.domain.stepkinds import BY_NAME, Setting
from dli_tui.domain.template import placeholders_in, texts_in
from dli_tui.domain.text import safe_line, spelled_out
from dli_tui.present import words
from dli_tui.present.besides import MASK, OpenField

if TYPE_CHECKING:
    from dli_tui.domain.configuration import Remark
    from dli_tui.domain.template import Template, TemplateField

_SECRETS: Final = re.compile(
    # A key alone is the name of something, as in a transformation.
    r"(?:^|[\W_])(?:token|password|passwd|secret|credentials?)(?:$|[\W_])|[\W_]key(?:$|[\W_])",
    re.IGNORECASE,
)
_SIGN_IN: Final = "authorization"
_OF_RESULTS: Final = "key"
_HUMPS: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_NOTHING: Final = object()
_EXTENSION: Final = re.compile(r"[A-Za-z0-9]{1,16}", re.ASCII)


def open_fields(template: Template) -> tuple[OpenField, ...]:
    """What a form asks for, in the order of the template's steps."""
    return tuple(_open_field(template, one) for one in template.fields)


def is_secret(name: str) -> bool:
    """Whether a name says that nobody is to read the value over a shoulder."""
    return _SECRETS.search(_HUMPS.sub("_", name)) is not None


def is_hidden(name: str, value: object) -> bool:
    """Whether a setting is shown without its value: a secret, unless that is still to be put in."""
    is_told = isinstance(value, str) and bool(value) and "{{" not in value
    word = name.casefold()
    # What a transformation calls its result is a `key` too.
    return is_told and word != _OF_RESULTS and (is_secret(name) or word == _SIGN_IN)


def hidden(config: Any) -> Any:  # noqa: ANN401 - JSON of any kind
    """A definition without its secrets, for eyes."""
    match config:
        case dict():
            return {
                key: MASK if is_hidden(key, value) else hidden(value)
                for key, value in config.items()
            }
        case list():
            return [hidden(value) for value in config]
        case _:
            return config


def values(template: Template, typed: Mapping[str, str]) -> dict[str, Any]:
    """What was typed, by the raw names of the fields, as values; what is empty is left out."""
    known = {one.name: one for one in template.fields}
    return {
        name: _value(template, known[name], text)
        for name, text in typed.items()
        if text and name in known
    }


def masked(template: Template, given: Mapping[str, Any]) -> dict[str, Any]:
    """What is sent of the steps, with secrets that nobody is to read."""
    hidden = {name: MASK if is_secret(name) else value for name, value in given.items()}
    return template.custom_config(hidden)


def unfilled(template: Template, given: Mapping[str, Any]) -> tuple[str, ...]:
    """The variables that nobody has filled in, as they are shown."""
    return tuple(words.name(name) for name in template.placeholders if name not in given)


def remarks(template: Template, given: Mapping[str, Any]) -> tuple[Remark, ...]:
    """What is to be said of the workflow that comes of it, beside what isn't filled in yet."""
    is_open = bool(unfilled(template, given))
    return configuration.check(template.filled(given).template_config, is_template=is_open)


def extensions(text: str) -> tuple[str, str]:
    """`.PDF, docx` as it is sent, and what is wrong with it: one of the two is empty."""
    parts = [part.strip().removeprefix(".") for part in text.split(",") if part.strip()]
    wrong = next((part for part in parts if not _EXTENSION.fullmatch(part)), None)
    if wrong is not None:
        return "", f"{words.word(wrong)} is no file extension; pdf,docx,csv was expected"
    return ",".join(dict.fromkeys(part.lower() for part in parts)), ""


def _open_field(template: Template, field: TemplateField) -> OpenField:
    return OpenField(
        raw=field.name,
        name=words.name(field.name),
        default=_as_typed(field.default),
        says=safe_line(field.description or ""),
        steps=safe_line(", ".join(field.steps)),
        is_secret=is_secret(field.name),
        is_needed=field.name in template.placeholders or _is_needed(template, field),
    )


def _as_typed(default: object) -> str:
    """A default as somebody would have typed it."""
    if default is None or isinstance(default, str):
        return default or ""
    return spelled_out(json.dumps(default, ensure_ascii=False, default=str))


def _is_needed(template: Template, field: TemplateField) -> bool:
    """Whether a setting that was left empty can't stay so."""
    return any(setting.required for setting in _settings(template, field))


def _value(template: Template, field: TemplateField, text: str) -> object:
    found = _json(text)
    if found is _NOTHING or is_secret(field.name) or isinstance(field.default, str):
        return text
    is_variable = field.name in template.placeholders
    if is_variable and not _stands_alone(template, field.name):
        return text
    if field.default is not None:
        return found if _kind(found) is _kind(field.default) else text
    shapes = [setting.shape for setting in _settings(template, field)]
    if not all(shape.fits(found) for shape in shapes):
        return text
    stays_text = not is_variable and all(shape.fits(text) for shape in shapes)
    return text if stays_text else found


def _json(text: str) -> object:
    """What a text means as JSON, where that is something."""
    try:
        found = json.loads(text, parse_constant=lambda _word: None)
    except (ValueError, RecursionError):
        return _NOTHING
    return _NOTHING if found is None else found


def _kind(value: object) -> type:
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return float if is_number else type(value)


def _stands_alone(template: Template, name: str) -> bool:
    """Whether every setting that a variable is in is nothing but the variable."""
    texts = texts_in(template.template_config)
    return all(_is_only(text, name) for text in texts if name in placeholders_in(text))


def _is_only(text: object, name: str) -> bool:
    alone = r"\{\{\s*" + re.escape(name) + r"\s*\}\}"
    return isinstance(text, str) and re.fullmatch(alone, text) is not None


def _settings(template: Template, field: TemplateField) -> Iterator[Setting]:
    """The settings of known kinds that a value becomes."""
    for step in template.steps:
        kind = BY_NAME.get(step.type)
        for key, value in step.config.items():
            is_it = _is_only(value, field.name) or f"{step.name}.{key}" == field.name
            setting = kind.setting(key) if kind is not None and is_it else None
            if setting is not None:
                yield setting
