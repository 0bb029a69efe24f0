"""Going to another place: what is open is closed first, and each place keeps its own filters."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from dli_tui.present import words
from dli_tui.present.filters import ListFilter
from dli_tui.tui.unconfirmed import unconfirmed_text

if TYPE_CHECKING:
    from dli_tui.tui.app import Dashboard
    from dli_tui.tui.opening import Context


def why_stay(app: Dashboard) -> str:
    """What speaks against leaving this place now; empty where nothing does."""
    session = app.bridge.session
    if app.deeds.under_way:
        return "Still sending; go elsewhere when the answer is there"
    if session is not None and session.sequences.under_way:
        kept = words.plural(len(session.sequences.under_way), "backfill")
        return f"This program keeps {kept} going here; stop it, or let it end, before you go"
    return ""


async def switch(app: Dashboard, context: Context) -> None:
    """Close what is open, and open that place."""
    # A page that is still there could ask for what isn't open any more.
    while len(app.screen_stack) > 1:
        await app.pop_screen()
    await app.siblings.close()
    session, old = app.bridge.session, app.opening.where.name
    watched = len(session.watching.labels) if session is not None else 0
    unconfirmed = unconfirmed_text(session)
    app.filters[old] = app.home.listing.filter
    app.opening = replace(app.opening, session=context.session, where=context.where, begin=None)
    app.bridge.let_go()
    app.home.begin_anew(app.filters.get(context.name, ListFilter()))
    if watched:
        left = f"{words.plural(watched, 'run')} of {words.word(old)} no longer watched"
        app.notify(left, severity="warning", markup=False)
    if unconfirmed:
        left = f"No longer checked on {words.word(old)}:\n{unconfirmed}"
        app.notify(left, severity="warning", markup=False)
    await app.bridge.reopen()
