"""Templates are asked for while somebody looks, and stay while nothing answers."""

from dli_tui.domain.errors import ConnectionFailedError
from dli_tui.domain.template import Template, TemplateCategory
from dli_tui.session.templates import TEMPLATES_SECONDS
from tests.support_backends import ScriptedBackend
from tests.support_session import looking_at


class Shelves(ScriptedBackend):
    """Two templates on one shelf."""

    def __init__(self):
        super().__init__()
        self.found = [Template(id="1", name="a"), Template(id="2", name="b")]

    async def templates(self, *, category=None, search=None):
        self._asked("templates", (category, search))
        return tuple(self.found)

    async def template_categories(self):
        return (TemplateCategory(name="general", display_name="General", count=len(self.found)),)


async def test_all_of_them_come_with_their_shelves_and_again_after_a_while():
    backend = Shelves()
    async with looking_at(backend) as here:
        feed = here.session.templates()
        assert feed.loading
        await feed.start()
        await here.settle()
        assert not feed.loading
        assert [one.name for one in feed.templates] == ["a", "b"]
        assert feed.categories[0].count == 2
        backend.found = backend.found[:1]
        await here.pass_by(TEMPLATES_SECONDS)
        assert [one.name for one in feed.templates] == ["a"]
        await feed.close()


async def test_what_was_known_stays_while_nothing_answers():
    backend = Shelves()
    async with looking_at(backend) as here:
        feed = here.session.templates()
        await feed.start()
        await here.settle()
        backend.cues["templates"] = [ConnectionFailedError()]
        await here.refresh(feed)
        assert len(feed.templates) == 2
        assert feed.freshness.problem is not None
        await feed.close()
