"""What the user is told on any screen: the end of a watched run or of a backfill kept going from
here, and that an unconfirmed write happened."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

from dli_tui.domain.status import RunStatus
from dli_tui.domain.text import safe_line
from dli_tui.present import words
from dli_tui.present.rows import BAD
from dli_tui.tui.looks import RUNS

if TYPE_CHECKING:
    from dli_tui.client.sequences import DateSequence
    from dli_tui.session.session import Session
    from dli_tui.tui.app import Dashboard

Severity = Literal["information", "warning", "error"]
_MOST: Final = 80


def ring(app: Dashboard, session: Session) -> None:
    """Tell of everything that has ended since the last time."""
    for run in session.watching.take_ended():
        told = f"{_name(run.dataset_name)} {RUNS[run.status].word}"
        _tell(app, told, "error" if run.status in BAD else "information")
    for label in session.watching.take_lost():
        _tell(app, f"{_name(label)} can't be found any more", "warning")
    for sequence in session.sequences.take_ended():
        well = sequence.status is RunStatus.COMPLETED
        _tell(app, _about(sequence), "information" if well else "error")
    confirmed = session.unconfirmed.take_confirmed()
    for what in confirmed:
        _tell(app, f"Confirmed: the request to {_name(what)} was carried out", "information")
    if confirmed:
        app.deeds.look_again()


def _about(sequence: DateSequence) -> str:
    told = f"Backfill of {_name(sequence.workflow)} {RUNS[sequence.status].word}"
    if sequence.problem is not None:
        told = f"{told}: {safe_line(sequence.problem.message, _MOST)}"
    left = len(sequence.remaining)
    return f"{told}. {words.plural(left, 'date')} not begun" if left else told


def _tell(app: Dashboard, told: str, severity: Severity) -> None:
    app.bell()
    app.notify_desktop(told)
    app.notify(told, severity=severity, markup=False)


def _name(raw: str) -> str:
    return safe_line(raw, _MOST)
