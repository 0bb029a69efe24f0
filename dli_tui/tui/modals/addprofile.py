"""Add a profile: what the config file needs, tried out before it is written. No secret is typed."""

from __future__ import annotations

import asyncio
import shlex
from collections.abc import Callable, Collection, Iterable, Sequence
from typing import TYPE_CHECKING, ClassVar, Final

from textual import on
from textual.types import CSSPathType
from textual.widget import Widget
from textual.widgets import Input

from dli_tui.domain.errors import DLIError
from dli_tui.present import words
from dli_tui.tui.deeds import Progress, Told
from dli_tui.tui.looks import Tone
from dli_tui.tui.modals.question import Plan, Question
from dli_tui.tui.opening import Draft
from dli_tui.tui.widgets.field import Field
from dli_tui.tui.widgets.lines import Piece
from dli_tui.tui.widgets.options import Options
from dli_tui.tui.widgets.rowfield import RowField
from dli_tui.tui.widgets.toggle import Toggle

if TYPE_CHECKING:
    from dli_tui.tui.opening import Places

KINDS: Final = ("airflow", "basecamp", "pyairtable", "demo")
WAYS: Final = {
    "none": (),
    "token": ("token_env",),
    "password": ("username", "password_env"),
    "key": ("api_key_env",),
    "command": ("token_command",),
    "file": ("token_file",),
    "keyring": ("token_keyring",),
}
"""The ways to sign in, each with the settings that it takes."""
_NAME: Final = "name"
_FIELDS: Final = {
    "url": ("address", "https://airflow.example.com"),
    "token_env": ("token variable", "the one that holds the token: AIRFLOW_TOKEN"),
    "username": ("user name", "who signs in"),
    "password_env": ("password variable", "the one that holds the password: AIRFLOW_PASSWORD"),
    "api_key_env": ("key variable", "the one that holds the key: PYAIRTABLE_KEY"),
    "token_command": ("token program", "what prints the token: pass show airflow/prod"),
    "token_file": ("token file", "its first line is the token: ~/.airflow-token"),
    "token_keyring": ("keyring entry", "where the token is: SERVICE/USER"),
}
"""The label of each setting, and what it means."""
_WIDTH: Final = 17
"""Labels are so wide; the sheet says the same."""
_SAYS: Final = "No secret is typed here: say where it is found"


class AddQuestion(Question[Draft]):
    """Answered with a profile; enter tries it out first, and then writes it."""

    CSS_PATH: ClassVar[CSSPathType | None] = ["modals.tcss", "addprofile.tcss"]
    is_of_place: ClassVar[bool] = False

    def __init__(self, places: Places, taken: Collection[str], went: Callable[[str], None]) -> None:
        """`taken` are the names that there are; `went` is told of the one that was added."""
        lines = [
            (Piece("  into ", Tone.MUTED), Piece(words.word(places.kept_in))),
            (Piece(f"  {_SAYS}", Tone.MUTED),),
        ]
        super().__init__(Plan("add profile", "Add a profile?", lines, "add it"), self._tried_first)
        self._places = places
        self._taken = taken
        self._went = went
        self._tried: Draft | None = None
        """The profile as it was when its connection was tried."""
        self._works = False
        self._written: Draft | None = None

    def fields(self) -> Iterable[Widget]:
        url, ways = _FIELDS["url"], tuple(WAYS)
        yield RowField(_NAME, "name", hint="what you call it: prod")
        yield Options("kind", f"{'kind':<{_WIDTH}}", KINDS, KINDS[0])
        yield RowField("url", url[0], hint=url[1])
        yield Options("way", f"{'sign in with':<{_WIDTH}}", ways, ways[0])
        for name, (label, hint) in _FIELDS.items():
            if name != "url":
                yield RowField(name, label, hint=hint)
        yield Toggle("production", "production: marked red, and its name is typed before a write")
        yield Toggle("read-only", "read-only: nothing can be changed there")

    def on_mount(self) -> None:
        self._show_fields()
        for toggle in self.query(Toggle):
            self.watch(toggle, "on", self._changed, init=False)

    # What is typed

    @on(Options.Changed)
    def _show_fields(self) -> None:
        """Show the fields that this kind and this way to sign in take."""
        is_demo = self._chosen("kind") == "demo"
        self.query_one("#way", Options).display = not is_demo
        wanted = () if is_demo else ("url", *WAYS[self._chosen("way")])
        for name in _FIELDS:
            self._field(name).display = name in wanted
        self._changed()

    @on(Input.Changed)
    def _changed(self) -> None:
        self._tried = None
        self.tell_keys()

    def _chosen(self, name: str) -> str:
        return self.query_one(f"#{name}", Options).chosen

    def _field(self, name: str) -> Field:
        return self.query_one(f"#field-{name}", Field)

    @property
    def verb(self) -> str:
        if self._tried is None:
            return "try the connection"
        return super().verb if self._works else "add it all the same"

    def stays(self, answer: Draft) -> bool:
        return answer is not self._written

    # Answering

    def answer(self) -> Draft | None:
        """The profile, or None where it can't be one; each field says why itself."""
        draft = self._draft()
        problems = dict(self._places.problems(draft))
        if draft.name in self._taken:
            problems[_NAME] = "is the name of another one"
        # From the last to the first, which has the focus then.
        for name in reversed((_NAME, "", *_FIELDS)):
            if name in problems:
                field = self._field(name or _NAME)
                field.complain(problems[name])
                field.focus_input()
        return None if problems else draft

    def _draft(self) -> Draft:
        settings: dict[str, str | bool | list[str]] = {"kind": self._chosen("kind")}
        for name in _FIELDS:
            field = self._field(name)
            if field.display:
                settings[name] = _setting(name, field.value.strip())
        if self.query_one("#production", Toggle).on:
            settings["production"] = True
        if self.query_one("#read-only", Toggle).on:
            settings["read_only"] = True
        return Draft(self._field(_NAME).value.strip(), settings)

    async def _tried_first(self, draft: Draft, _progress: Progress) -> Sequence[Told]:
        """Try the connection; what was tried just as it stands is written."""
        try:
            said = await (self._write(draft) if draft == self._tried else self._try(draft))
        except DLIError as problem:
            return [Told(draft.name, False, f"[{problem.code}] {problem.message}", problem.hint)]  # noqa: FBT003 - a field of a tuple
        return [Told(draft.name, True, said)]  # noqa: FBT003 - as above

    async def _try(self, draft: Draft) -> str:
        self._tried, self._works = draft, False
        said = await self._places.test(draft)
        self._works = True
        return said

    async def _write(self, draft: Draft) -> str:
        note = await asyncio.to_thread(self._places.add, draft)
        self._written = draft
        self._went(draft.name)
        return f"Added {words.word(draft.name)}. {note}".rstrip(". ")


def _setting(name: str, typed: str) -> str | list[str]:
    if name != "token_command":
        return typed
    try:
        return shlex.split(typed)
    except ValueError:
        # A quote that isn't closed yet; the program will say that there is no such argument.
        return typed.split()
