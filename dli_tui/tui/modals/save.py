"""Save a log: where to. Never over a file that is there."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from dli_tui.present import words
from dli_tui.present.rows import LogRow
from dli_tui.tui import logfile
from dli_tui.tui.deeds import Progress, Told
from dli_tui.tui.looks import Tone
from dli_tui.tui.modals.question import Plan, Question
from dli_tui.tui.widgets.field import Field
from dli_tui.tui.widgets.lines import Piece


class SaveQuestion(Question[str]):
    """Answered with a path."""

    def __init__(self, name: str, rows: Sequence[LogRow], extent: str) -> None:
        """`extent`: which part of the log the rows are."""

        async def send(path: str, _progress: Progress) -> Sequence[Told]:
            problem = await logfile.write(path, rows)
            return [Told(path, problem is None, problem or f"Saved to {path}")]

        lines = [
            (Piece(f"  {words.plural(len(rows), 'line')}: {extent}", Tone.MUTED),),
            (Piece("  Whatever level is shown, with times in UTC", Tone.MUTED),),
        ]
        super().__init__(Plan(f"save {name}", "Save this log?", lines, "save"), send)
        self._suggested = name

    def fields(self) -> Iterable[Field]:
        yield Field("path", "file", value=self._suggested)

    def answer(self) -> str | None:
        field = self.query_one("#field-path", Field)
        if not field.value.strip():
            field.complain("Type the name of a new file")
            return None
        return field.value.strip()
