"""With a store in the profile workflows can be registered; without one it says what would do it."""

import pytest

from dli_tui.backends.airflow.opening import open_airflow
from dli_tui.config.model import Kind, Profile
from dli_tui.domain.capability import Capability
from dli_tui.domain.errors import Unsupported
from dli_tui.domain.query import Registration
from dli_tui.domain.schedule import ScheduleConfig


def backend_of(**more):
    return open_airflow(Profile(name="a", kind=Kind.AIRFLOW, url="http://x", **more), {})


async def test_without_a_store_it_says_which_setting_would_do():
    backend = backend_of()
    assert Capability.REGISTER not in backend.capabilities
    assert not backend.forgets
    for deed, capability in (
        (backend.register(Registration("d", ScheduleConfig())), Capability.REGISTER),
        (backend.unregister("d"), Capability.UNREGISTER),
    ):
        with pytest.raises(Unsupported, match="set specs in this profile"):
            await deed
        assert "set specs in this profile" in backend.why_not(capability)


def test_with_a_store_it_is_offered():
    backend = backend_of(specs="file:///srv/specs")
    assert {Capability.REGISTER, Capability.UNREGISTER} <= backend.capabilities
    assert backend.forgets
