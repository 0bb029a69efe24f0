"""Handlers of messages: Textual calls those of all base classes, so none calls its base's."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import dli_tui.tui
from tests.support_tui import dashboard

SOURCES = sorted(Path(dli_tui.tui.__file__).parent.rglob("*.py"))
ASKED_ONCE = {"on_event"}
"""Called by Textual on the object, not dispatched to each class."""


def calls_of_super_handlers(tree):
    """The calls of `super().on_…` and `super()._on_…` that would run a handler twice."""
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr.removeprefix("_").startswith("on_")
            and isinstance(node.func.value, ast.Call)
            and isinstance(node.func.value.func, ast.Name)
            and node.func.value.func.id == "super"
            and node.func.attr not in ASKED_ONCE
        ):
            yield f"{node.func.attr}:{node.lineno}"


def test_no_handler_calls_the_handler_of_its_base_class():
    found = {
        source.name: calls
        for source in SOURCES
        if (calls := list(calls_of_super_handlers(ast.parse(source.read_text()))))
    }
    assert SOURCES
    assert found == {}


def test_such_a_call_would_be_found():
    source = "class A(B):\n    def on_mount(self):\n        super().on_mount()\n"
    assert list(calls_of_super_handlers(ast.parse(source))) == ["on_mount:3"]


@pytest.mark.parametrize("key", ["2", "3", "4", "5", "6", "enter", "v"])
async def test_a_page_follows_each_of_its_news_once(key):
    async with dashboard() as here:
        await here.press(key)
        page = here.screen
        assert page._follows
        followers = {news: len(news._subscribers) for news in page._follows}
        page.unfollow_all()
        # One each of its own: the others are of the session and of the dashboard itself.
        assert all(len(news._subscribers) == followers[news] - 1 for news in followers)
