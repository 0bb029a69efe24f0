"""Add a profile: what the config file needs, tried out before it is written. No secret is typed."""

from __future__ import annotations

import asyncio
import shlex
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Final

from textual import on
from textual.widget import Widget
from textual.widgets import Input

from dli_tui.domain.errors import DLIError
from dli_tui.present import words
from dli_tui.tui.contextcolumns import ContextRow
from dli_tui.tui.deeds import Progress, Told
from dli_tui.tui.looks import Tone
from dli_tui.tui.modals.question import Plan, Question
from dli_tui.tui.opening import Draft
from dli_tui.tui.widgets.field import Field
from dli_tui.tui.widgets.lines import Piece
from dli_tui.tui.widgets.options import Options
from dli_tui.tui.widgets.toggle import Toggle

if TYPE_CHECKING:
    from dli_tui.tui.opening import Places

KINDS: Final = ("airflow", "basecamp", "pyairtable", "demo")
WAYS: Final = {
    "none": (),
    "token": ("token_env",),
    "password": ("username", "password_env"),
    "api key": ("api_key_env",),
    "command": ("token_command",),
    "file": ("token_file",),
    "keyring": ("token_keyring",),
}
"""The ways to sign in, each with the settings that it takes."""
_FIELDS: Final = {
    "url": ("address", "https://airflow.example.com"),
    "token_env": ("variable with the token", "AIRFLOW_TOKEN"),
    "username": ("user name", ""),
    "password_env": ("variable with the password", "AIRFLOW_PASSWORD"),
    "api_key_env": ("variable with the key", "AIRTABLE_KEY"),
    "token_command": ("program that prints the token", "pass show airflow/prod"),
    "token_file": ("file whose first line is the token", "~/.airflow-token"),
    "token_keyring": ("keyring entry", "SERVICE/USER"),
}
_SAYS: Final = (
    "Secrets stay where they are: a profile names the variable, program, file or keyring entry."
)


class AddQuestion(Question[Draft]):
    """Answered with a profile; enter tries it out first, and then writes it."""

    def __init__(self, places: Places, there: Sequence[ContextRow]) -> None:
        lines = [
            (Piece("  into ", Tone.MUTED), Piece(words.word(places.kept_in))),
            (Piece(f"  {_SAYS}", Tone.MUTED),),
        ]
        super().__init__(Plan("add profile", "Add a profile?", lines, "add it"), self._write)
        self._places = places
        self._taken = {row.context.name for row in there}
        self._tried: Draft | None = None
        """The profile as it was when its connection was tried."""
        self._works = False

    def fields(self) -> Iterable[Widget]:
        yield Field("name", "name", hint="prod")
        yield Options("kind", "kind", KINDS, KINDS[0])
        yield Field("url", _FIELDS["url"][0], hint=_FIELDS["url"][1])
        yield Options("way", "sign in with", tuple(WAYS), "none")
        for name in _FIELDS.keys() - {"url"}:
            yield Field(name, _FIELDS[name][0], hint=_FIELDS[name][1])
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
            self.query_one(f"#field-{name}", Field).display = name in wanted
        self._changed()

    @on(Input.Changed)
    def _changed(self) -> None:
        self._tried = None
        self.tell_keys()

    def _chosen(self, name: str) -> str:
        return self.query_one(f"#{name}", Options).chosen

    @property
    def verb(self) -> str:
        if self._tried is None:
            return "try the connection"
        return super().verb if self._works else "add it all the same"

    def stays(self, answer: Draft) -> bool:
        return answer is not self._written

    _written: Draft | None = None

    # Answering

    def answer(self) -> Draft | None:
        """What is to be written, or None where it can't be; each field says why itself."""
        draft = self._draft()
        problems = dict(self._places.problems(draft))
        if draft.name in self._taken:
            problems["name"] = f"There is a profile '{words.word(draft.name)}' already"
        for name, problem in problems.items():
            field = self._field_of(name)
            field.complain(problem)
            field.focus_input()
        return None if problems else draft

    def _draft(self) -> Draft:
        settings: dict[str, str | bool | list[str]] = {"kind": self._chosen("kind")}
        for name in _FIELDS:
            field = self.query_one(f"#field-{name}", Field)
            if field.display:
                settings[name] = _setting(name, field.value.strip())
        if self.query_one("#production", Toggle).on:
            settings |= {"production": True, "confirm": "type"}
        if self.query_one("#read-only", Toggle).on:
            settings["read_only"] = True
        return Draft(self.query_one("#field-name", Field).value.strip(), settings)

    def _field_of(self, name: str) -> Field:
        known = name if name in _FIELDS and self.query_one(f"#field-{name}").display else "name"
        return self.query_one(f"#field-{known}", Field)

    async def _write(self, draft: Draft, _progress: Progress) -> Sequence[Told]:
        """Try the connection; what was tried as it stands is written."""
        try:
            if self._tried != draft:
                return [await self._try(draft)]
            await asyncio.to_thread(self._places.add, draft)
        except DLIError as problem:
            self._works = False
            return [Told(draft.name, False, f"[{problem.code}] {problem.message}", problem.hint)]  # noqa: FBT003 - a field of a tuple
        self._written = draft
        return [Told(draft.name, True, f"Added {words.word(draft.name)}")]  # noqa: FBT003 - as above

    async def _try(self, draft: Draft) -> Told:
        self._tried = draft
        said = await self._places.test(draft)
        self._works = True
        return Told(draft.name, True, said)  # noqa: FBT003 - as above


def _setting(name: str, typed: str) -> str | list[str]:
    if name != "token_command":
        return typed
    try:
        return shlex.split(typed)
    except ValueError:
        return [typed]
