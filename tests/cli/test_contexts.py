"""The places of the dashboard are the profiles of the file as it is when one looks."""

from __future__ import annotations

import asyncio

import pytest

from dli_tui.cli.contexts import ProfilePlaces
from dli_tui.config.files import load
from dli_tui.config.model import Kind, Profile
from dli_tui.config.target import Target
from dli_tui.domain.errors import ConfigurationError
from dli_tui.tui.opening import Draft

TWO = '[profiles.dev]\nkind = "demo"\n[profiles.shop]\nkind = "demo"\nproduction = true\n'
URL = "https://a.example.com"


@pytest.fixture
def places(tmp_path):
    path = tmp_path / "config.toml"
    path.write_text(TWO)

    def made(profile=None, **options):
        settings = load(path, {})
        target = Target(profile or settings.profiles["dev"], **options)
        return ProfilePlaces(target, path, settings), path

    return made


def names(places):
    return [context.name for context in places.contexts()]


def test_they_are_the_profiles_and_the_demo(places):
    found, _ = places()
    assert names(found) == ["dev", "shop", "demo"]
    shop = found.contexts()[1]
    assert (shop.where.production, shop.where.typed, shop.where.read_only) == (True, False, False)


def test_a_place_that_was_named_without_a_profile_stays_among_them(places):
    found, _ = places(Profile(name="airflow", kind=Kind.AIRFLOW, url=URL))
    assert names(found) == ["dev", "shop", "demo", "airflow"]
    assert found.contexts()[-1] == found.here


def test_one_that_is_called_like_a_profile_has_a_name_of_its_own(places):
    found, _ = places(Profile(name="shop", kind=Kind.AIRFLOW, url=URL))
    assert found.here.name == "shop (ad hoc)"
    assert names(found) == ["dev", "shop", "demo", "shop (ad hoc)"]


def test_read_only_from_the_command_line_holds_everywhere(places):
    found, _ = places(read_only=True)
    assert all(context.where.read_only for context in found.contexts())


def test_a_profile_that_changed_is_another_place_by_the_same_name(places):
    found, path = places()
    assert found.contexts()[0].session == found.here.session
    path.write_text('[profiles.dev]\nkind = "demo"\nread_only = true\n')
    assert found.contexts()[0].session != found.here.session


def test_a_file_that_broke_is_told(places):
    found, path = places()
    path.write_text("[profiles")
    with pytest.raises(ConfigurationError, match="line 1"):
        found.contexts()


def test_a_profile_that_is_gone_is_one_that_can_not_be_looked_at(places):
    found, _ = places()
    contexts = found.glances()
    asyncio.run(contexts.look(["gone"]))
    assert "any more" in contexts.glances["gone"].problem.message


def test_a_profile_is_added_to_the_file_and_is_there(places):
    found, path = places()
    draft = Draft("more", {"kind": "demo"})
    assert found.problems(draft) == {}
    assert found.problems(Draft("a b", {"kind": "demo"}))
    assert found.kept_in == str(path)
    found.add(draft)
    assert names(found) == ["dev", "shop", "more", "demo"]
