"""What is loaded after the first paint, and the only place that loads it.

pydantic and the models cost as much as the whole first paint. They come in a thread while the
frame is on screen already; from then on these names are cheap.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from types import ModuleType

    from dli_tui.client.bulk import Outcome
    from dli_tui.client.sequences import DateSequence
    from dli_tui.domain.query import Registration
    from dli_tui.session.session import Session
    from dli_tui.tui.app import Dashboard
    from dli_tui.tui.opening import OpenSession


def prepared(
    session: OpenSession, crashed: Callable[[BaseException], None]
) -> AbstractAsyncContextManager[Session]:
    """The session, ready to be opened; to be called in a thread."""
    making()
    return session(crashed)


def making() -> ModuleType:
    """`present.making`: models into rows."""
    from dli_tui.present import making as module  # noqa: PLC0415 - it loads the models

    return module


def histories() -> ModuleType:
    """`present.histories`: runs into rows and pictures."""
    from dli_tui.present import histories as module  # noqa: PLC0415 - it loads the models

    return module


def showing() -> ModuleType:
    """`present.showing`: templates, sagas and health into rows."""
    from dli_tui.present import showing as module  # noqa: PLC0415 - it loads the models

    return module


def questions() -> ModuleType:
    """`tui.questions`: the deeds and their forms."""
    from dli_tui.tui import questions as module  # noqa: PLC0415 - it loads the rules

    return module


def registration_of() -> Callable[..., Registration]:
    """A registration by a spec that was read."""
    from dli_tui.client.registering import registration_of as found  # noqa: PLC0415 - it loads YAML

    return found


def forms() -> ModuleType:
    """`tui.forms`: the form of a template."""
    from dli_tui.tui import forms as module  # noqa: PLC0415 - it loads the models

    return module


def editing() -> ModuleType:
    """`tui.editing`: definitions in the person's editor."""
    from dli_tui.tui import editing as module  # noqa: PLC0415 - it loads the models and YAML

    return module


def definition_sheets() -> ModuleType:
    """`tui.definitionsheets`: a configuration as a page to read."""
    from dli_tui.tui import definitionsheets as module  # noqa: PLC0415 - it loads YAML

    return module


def saga_forms() -> ModuleType:
    """`tui.sagaforms`: the questions about sagas and events."""
    from dli_tui.tui import sagaforms as module  # noqa: PLC0415 - it loads the models

    return module


def ask_to_quit(
    app: Dashboard,
    kept: Sequence[DateSequence],
    sent: Sequence[str],
    unconfirmed: Sequence[str],
) -> None:
    """Ask before backfills kept going from here, or writes under way, are left; once is enough."""
    from dli_tui.tui.modals.quitting import QuitQuestion  # noqa: PLC0415 - rarely asked

    if not isinstance(app.screen, QuitQuestion):
        app.push_screen(QuitQuestion(kept, sent, unconfirmed))


def each() -> Callable[..., Awaitable[Sequence[Outcome[Any, Any]]]]:
    """One thing done to many, a result for each."""
    from dli_tui.client.bulk import each as found  # noqa: PLC0415 - it loads the client

    return found
