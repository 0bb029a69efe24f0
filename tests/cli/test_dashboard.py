"""From the command line to what the dashboard is opened with, without a terminal."""

import sys
from typing import Any

import pytest
from textual.theme import BUILTIN_THEMES

from dli_tui.cli import dashboard
from dli_tui.cli.dashboard import Asked, open_dashboard
from dli_tui.cli.places import Connection
from dli_tui.config import remembered
from dli_tui.tui.choices import Choices

DEMO = Connection(demo=True)


@pytest.fixture
def opened(monkeypatch):
    """Opens the dashboard as far as its first paint; what it was given."""
    found: dict[str, Any] = {}
    monkeypatch.setattr(dashboard, "_has_terminal", lambda: True)
    monkeypatch.setattr(sys, "stdout", sys.__stdout__)
    monkeypatch.setenv("TERM", "xterm-256color")

    def run(app, *, mouse):
        found.update(app=app, opening=app.opening, mouse=mouse)

    def opened(**asked):
        asked.setdefault("given", DEMO)
        assert open_dashboard(Asked(**asked)) == 0
        return found

    monkeypatch.setattr("dli_tui.tui.app.Dashboard.run", run)
    return opened


def test_it_opens_the_demo_with_the_persons_own_choices(opened):
    remembered.remember({"sort": "name", "times": "UTC", "theme": "nord"})
    found = opened()
    assert found["app"].choices == Choices.of({"sort": "name", "times": "UTC", "theme": "nord"})
    assert found["app"].theme == "nord"
    assert found["opening"].where.name == "demo"
    assert found["mouse"]


def test_a_remembered_theme_that_is_gone_is_no_matter(opened):
    remembered.remember({"theme": "gone"})
    assert opened()["app"].theme in BUILTIN_THEMES


def test_a_theme_that_is_asked_for_wins(opened):
    remembered.remember({"theme": "nord"})
    assert opened(theme="dracula")["app"].theme == "dracula"


def test_an_unknown_theme_ends_with_the_names(opened, capsys):
    assert open_dashboard(Asked(DEMO, theme="nope")) == 2
    said = capsys.readouterr().err
    assert "No theme is called 'nope'" in said
    assert "colour-blind-safe" in said


def test_sixteen_colours_bring_the_terminals_own(opened, monkeypatch):
    monkeypatch.setattr("rich.console.Console.color_system", "standard")
    assert opened()["app"].theme == "ansi-dark"
    assert opened(theme="nord")["app"].theme == "nord"
    remembered.remember({"theme": "dracula"})
    assert opened()["app"].theme == "dracula"


def test_ascii_and_the_mouse_are_as_asked(opened):
    found = opened(ascii_only=True, no_mouse=True, begin="orders_daily")
    assert found["opening"].looks.ascii
    assert not found["mouse"]
    assert found["opening"].begin == "orders_daily"


def test_an_output_without_unicode_is_drawn_in_ascii(opened, monkeypatch):
    class Latin:
        encoding = "latin-1"

    monkeypatch.setattr(sys, "stdout", Latin())
    assert opened()["opening"].looks.ascii


@pytest.mark.parametrize(
    ("zone", "found"),
    [("Asia/Seoul", "Asia/Seoul"), (":Europe/Berlin", "Europe/Berlin")],
)
def test_here_is_the_zone_of_the_machine(opened, monkeypatch, zone, found):
    monkeypatch.setenv("TZ", zone)
    assert opened()["opening"].zone == found


@pytest.mark.parametrize(
    ("leads_to", "zone"),
    [
        ("/usr/share/zoneinfo/Asia/Seoul", "Asia/Seoul"),
        ("/etc/localtime", "UTC"),
    ],
)
def test_without_a_variable_it_is_the_machines_own(monkeypatch, leads_to, zone):
    monkeypatch.delenv("TZ", raising=False)
    monkeypatch.setattr("os.path.realpath", lambda path: leads_to)
    assert dashboard._local_zone() == zone


def test_the_last_choice_before_the_end_is_kept(opened, monkeypatch):
    def run(app, *, mouse):
        app.unkept = app.choices._replace(theme="nord").as_words()

    opened()
    assert remembered.recalled() == {}
    monkeypatch.setattr("dli_tui.tui.app.Dashboard.run", run)
    open_dashboard(Asked(DEMO))
    assert remembered.recalled()["theme"] == "nord"


def test_a_production_profile_is_shown_as_one(opened, tmp_path):
    config = tmp_path / "config.toml"
    config.write_text(
        'theme = "nord"\nmouse = false\n[keys]\n"go.quit" = "Q"\n'
        '[profiles.shop]\nkind = "demo"\nproduction = true\nconfirm = "type"\nread_only = true\n'
    )
    config.chmod(0o600)
    found = opened(given=Connection(config=config, profile="shop"))
    where = found["opening"].where
    assert (where.name, where.production, where.read_only, where.typed) == (
        *("shop", True, True, True),
    )
    assert (found["app"].theme, found["mouse"]) == ("nord", False)
    assert found["opening"].keys == {"go.quit": "Q"}


def test_two_places_at_once_are_wrong_use(opened, capsys):
    given = Connection(demo=True, basecamp="https://example.com")
    assert open_dashboard(Asked(given)) == 2
    assert "keep one" in capsys.readouterr().err
