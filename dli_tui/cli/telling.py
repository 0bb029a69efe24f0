"""What `airflow sync --watch` and `serve` have in common: telling whose source in force changed."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from dli_tui.domain.clock import Clock, SystemClock

if TYPE_CHECKING:
    from dli_tui.config.target import Target
    from dli_tui.specs.sourcenews import Say, SourceNews
    from dli_tui.specs.store.objects import Objects


@asynccontextmanager
async def source_news(
    objects: Objects, folder: Path, clock: Clock, say: Say
) -> AsyncIterator[SourceNews]:
    """Whoever looks at that store, and tells what changed."""
    # httpx and the models of a spec are loaded for those who watch alone.
    from dli_tui.backends.http.webhooks import Webhooks  # noqa: PLC0415
    from dli_tui.specs.reach import allowed_urls  # noqa: PLC0415
    from dli_tui.specs.sourcenews import Outside, SourceNews  # noqa: PLC0415

    async with Webhooks() as webhooks:
        outside = Outside(webhooks.post, allowed_urls(os.environ), say)
        yield SourceNews(objects, folder, clock, outside)


def news_of(target: Target) -> Callable[[Say], AbstractAsyncContextManager[SourceNews]] | None:
    """How to look at the store of a place, where its folder for Airflow is on this machine.

    Elsewhere whoever keeps that folder tells; what was told is kept in it.
    """
    profile = target.profile
    url, folder = profile.specs, profile.specs_folder
    if url is None or folder is None or target.read_only or profile.read_only:
        return None

    @asynccontextmanager
    async def news(say: Say) -> AsyncIterator[SourceNews]:
        from dli_tui.specs.store.opening import open_objects  # noqa: PLC0415

        clock = SystemClock()
        objects = await open_objects(
            url, target.environment, clock, allow_insecure=profile.allow_insecure
        )
        async with source_news(objects, folder, clock, say) as found:
            yield found

    return news
