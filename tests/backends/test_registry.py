import pytest

from dli_tui.backends.port import Backend
from dli_tui.backends.registry import OPENERS, opener_of
from dli_tui.config.demo import DemoOptions
from dli_tui.config.model import Kind
from dli_tui.domain.clock import FixedClock
from tests.support_backends import NOW


@pytest.mark.parametrize("kind", OPENERS)
def test_every_opener_can_be_imported(kind):
    assert callable(opener_of(kind))


def test_they_open_backends():
    assert isinstance(opener_of("mock")(), Backend)
    assert isinstance(opener_of(Kind.DEMO)(DemoOptions(at=NOW), FixedClock(NOW)), Backend)


def test_every_kind_of_profile_is_served():
    assert set(OPENERS) == {*Kind, "mock"}
