"""Keys of one's own: which of them are in force, and what is wrong with the others. Pure.

Textual lets the later of two commands take a key and tells nobody, and a list takes its moving
keys before any command is asked. A person who lost a command to that would never learn why, so
such a wish is refused: the command keeps the key that help and README name.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from textual.keys import _character_to_key

from dli_tui.domain.text import safe_line
from dli_tui.tui.keys import BY_ID, COMMANDS, FIXED, SCREENS, Command, Fixed, Place, Scope, spelled

_MOST: Final = 60
_OF_SCREENS: Final[dict[Place, tuple[Scope, ...]]] = {
    Place.APP: SCREENS,
    Place.PANES: SCREENS,
    Place.LINES: SCREENS,
    Place.LOG: (Scope.RUN,),
}
"""Where a fixed key comes before every command. What is open over a screen has keys of its own."""


class Keymap(NamedTuple):
    """The keys in force."""

    given: Mapping[str, tuple[str, ...]] = {}
    """The keys of one's own that were taken over, by the command's id."""
    problems: Sequence[str] = ()
    """What was wished for and can't be, each a sentence."""

    def keys(self, command_id: str) -> tuple[str, ...]:
        """The keys of a command, as Textual names them."""
        return self.given.get(command_id) or _own(BY_ID[command_id])

    def spelled(self, command_id: str) -> str:
        """The first key of a command, as a person calls it."""
        return spelled(self.keys(command_id)[0])

    def all_spelled(self, command_id: str) -> str:
        """Every key of a command, as a person calls them."""
        return " ".join(map(spelled, self.keys(command_id)))

    def for_textual(self) -> dict[str, str]:
        """What Textual is to bind in place of the keys that it was told first."""
        return {command_id: ",".join(keys) for command_id, keys in self.given.items()}


def keymap(wishes: Mapping[str, str]) -> Keymap:
    """The keys in force when a config file wishes for these."""
    given: dict[str, tuple[str, ...]] = {}
    problems: list[str] = []
    for command_id, wish in wishes.items():
        keys = _named(wish)
        if command_id not in BY_ID:
            problems.append(f"{safe_line(command_id, _MOST)} is no command{_near(command_id)}")
        elif not keys:
            problems.append(f"{command_id} names no key, so it {_stays(BY_ID[command_id])}")
        else:
            given[command_id] = keys
    # What is refused gets its old key back, and somebody else may have wished for that one.
    while (refused := _first_refused(given)) is not None:
        command, why = refused
        del given[command.id]
        problems.append(f"{why}, so {command.id} {_stays(command)}")
    return Keymap(given, tuple(problems))


def _first_refused(given: Mapping[str, tuple[str, ...]]) -> tuple[Command, str] | None:
    """A wish that can't be, and why; of two for one key the later."""
    for command_id in reversed(list(given)):
        command = BY_ID[command_id]
        for key in given[command_id]:
            fixed = next(_fixed_on(command, key), None)
            if fixed is not None:
                return command, f"{spelled(key)} is for “{fixed.help.lower()}”"
            other = next(_others_on(command, key, given), None)
            if other is not None:
                return command, f"{spelled(key)} is the key of {other.id}"
    return None


def _fixed_on(command: Command, key: str) -> Iterator[Fixed]:
    for one in FIXED:
        screens = _OF_SCREENS.get(one.place, ())
        meets = command.scope in screens or (command.scope is Scope.EVERYWHERE and screens)
        if meets and key in one.keys.split(","):
            yield one


def _others_on(
    command: Command, key: str, given: Mapping[str, tuple[str, ...]]
) -> Iterator[Command]:
    for one in COMMANDS:
        meets = one.scope is command.scope or Scope.EVERYWHERE in (one.scope, command.scope)
        if one is not command and meets and key in given.get(one.id, _own(one)):
            yield one


def _own(command: Command) -> tuple[str, ...]:
    return tuple(command.keys.split(","))


def _stays(command: Command) -> str:
    return f"stays on {' '.join(map(spelled, _own(command)))}"


def _named(wish: str) -> tuple[str, ...]:
    """The keys of a wish, as Textual names them: `?` is question_mark."""
    names = (name.strip() for name in wish.split(","))
    return tuple(_character_to_key(one) if len(one) == 1 else one for one in names if one)


def _near(command_id: str) -> str:
    from difflib import get_close_matches  # noqa: PLC0415 - only a mistake needs it

    close = get_close_matches(command_id, BY_ID, n=1)
    return f", did you mean {close[0]}?" if close else ""
