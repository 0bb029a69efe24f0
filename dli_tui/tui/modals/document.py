"""A document that came back from the editor: what is wrong with it, or what it changes.

Where something is wrong, enter leads back to the editor, with the text as it was left. Whoever
leaves keeps the text as a draft: the editor begins with it the next time.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import Any, ClassVar, Final, NamedTuple

from textual.binding import BindingType

from dli_tui.tui import keys
from dli_tui.tui.breakage import start_worker
from dli_tui.tui.modals.question import Plan, Question, Send
from dli_tui.tui.widgets.page import Text

TEXT: Final = "document"
"""What a draft keeps the text under."""


class Reading(NamedTuple):
    """What a text turned out to be."""

    lines: Sequence[Text]
    """What is wrong with it, or what it changes."""
    value: Any = None
    """What to send; None where something is wrong."""


class DocumentQuestion(Question[Any]):
    """Answered with what the text means; the plan says what that changes."""

    BINDINGS: ClassVar[list[BindingType]] = [*keys.fixed(keys.Place.DOCUMENT)]

    def __init__(
        self,
        plan: Plan,
        send: Send[Any],
        text: str,
        read: Callable[[str], Reading],
        edit: Callable[[str], Awaitable[str | None]],
    ) -> None:
        """`edit` has a text edited; None: nothing came of that, which has been said."""
        self._read, self._edit = read, edit
        self._text = text
        self._reading = read(text)
        super().__init__(plan._replace(lines=self._reading.lines), send)

    @property
    def is_wrong(self) -> bool:
        """Whether it can't be sent as it is."""
        return self._reading.value is None

    @property
    def verb(self) -> str:
        return "edit it again" if self.is_wrong else super().verb

    def more_keys(self) -> Iterable[tuple[str, str]]:
        if not self.is_wrong and not self.is_settled:
            yield "ctrl+o", "edit it again"

    def action_submit(self) -> None:
        if self.is_wrong:
            self.action_edit()
        else:
            super().action_submit()

    def action_edit(self) -> None:
        """Back to the editor, with the text as it was left."""
        if not self.is_settled and not self.left:
            start_worker(self.dash, self._edit_again, group="editor")

    async def _edit_again(self) -> None:
        text = await self._edit(self._text)
        if self.left:
            return
        if text is None:
            # An editor that gave up may have left something: it is shown like anything else.
            text = self.dash.deeds.drafts.pop(self.plan.id, {}).get(TEXT)
        if text is None:
            return
        self._text, self._reading = text, self._read(text)
        self._say("")
        self.replan(self.plan._replace(lines=self._reading.lines))
        self.tell_keys()

    def answer(self) -> Any:  # noqa: ANN401 - whatever the document is of
        return self._reading.value

    def drafted(self) -> dict[str, str]:
        # Nothing is what drops a draft.
        return {TEXT: self._text} if self._text.strip() else {}

    def restore(self, draft: Mapping[str, str]) -> bool:
        # The text is here already: the editor began with it.
        return False
