"""Profiles and settings: every field explains itself, and nothing shows a secret."""

from dataclasses import FrozenInstanceError, fields
from typing import get_args

import pytest

from dli_tui.config.check import PROFILE_KEYS
from dli_tui.config.model import Confirm, Kind, Profile, Settings, sentences


def test_every_field_has_a_sentence():
    for model in (Profile, Settings):
        said = sentences(model)
        assert list(said) == [field.name for field in fields(model)]
        assert all(text[0].isprintable() and text.endswith(".") for text in said.values())


def test_every_field_of_a_profile_can_be_set_in_the_file():
    assert {"name", *PROFILE_KEYS} == {field.name for field in fields(Profile)}


def test_a_profile_is_careful_and_patient_as_it_comes():
    profile = Profile(name="p", kind=Kind.DEMO)
    assert (profile.connect_timeout_seconds, profile.timeout_seconds) == (5.0, 30.0)
    assert (profile.confirm, profile.trust_dry_run, profile.allow_insecure) == ("ask", False, False)
    assert get_args(Confirm) == ("ask", "type")


def test_a_profile_does_not_change():
    profile = Profile(name="p", kind=Kind.DEMO)
    with pytest.raises(FrozenInstanceError):
        profile.read_only = True  # type: ignore[misc]


def test_settings_do_not_change_either():
    settings = Settings()
    with pytest.raises(TypeError):
        settings.profiles["p"] = Profile(name="p", kind=Kind.DEMO)  # type: ignore[index]
    assert settings.mouse is True


def test_the_repr_leaves_out_what_may_hold_a_secret():
    profile = Profile(
        name="p",
        kind=Kind.AIRFLOW,
        token_command=("echo", "hunter2"),
        proxy="http://me:hunter2@proxy.example",
    )
    assert "hunter2" not in repr(profile)
    assert "Kind.AIRFLOW" in repr(profile)
