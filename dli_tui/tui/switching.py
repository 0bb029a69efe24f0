"""Going to another place: what is open is closed first, and each place keeps its own filters."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from dli_tui.present import words
from dli_tui.present.filters import ListFilter

if TYPE_CHECKING:
    from dli_tui.tui.app import Dashboard
    from dli_tui.tui.opening import Where


def why_stay(app: Dashboard) -> str:
    """What speaks against leaving this place now; empty where nothing does."""
    session = app.bridge.session
    if app.opening.places is None:
        return "There are no other places to go to"
    if app.deeds.under_way:
        return "Still sending; go elsewhere when the answer is there"
    if session is not None and session.sequences.under_way:
        kept = words.plural(len(session.sequences.under_way), "backfill")
        return f"This program keeps {kept} going here; stop it, or let it end, before you go"
    return ""


async def switch(app: Dashboard, where: Where) -> None:
    """Close what is open, and open that place."""
    places, session = app.opening.places, app.bridge.session
    if places is None:
        return
    watched = len(session.watching.labels) if session is not None else 0
    app.filters[app.opening.where.name] = app.home.listing.filter
    app.go_home()
    await app.bridge.close()
    app.opening = replace(app.opening, session=places.session(where.name), where=where, begin=None)
    app.home.begin_anew(app.filters.get(where.name, ListFilter()))
    app.bridge.start()
    lost = f"; {words.plural(watched, 'run')} left unwatched" if watched else ""
    app.notify(f"This is {words.word(where.name)} now{lost}", markup=False)
