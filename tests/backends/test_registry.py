import pytest

from dli_tui.backends.port import Backend
from dli_tui.backends.registry import OPENERS, opener_of
from dli_tui.config.demo import DemoOptions
from dli_tui.config.model import Kind
from dli_tui.domain.clock import FixedClock
from dli_tui.domain.errors import ConfigurationError, ErrorCode
from tests.support_backends import NOW


@pytest.mark.parametrize("kind", OPENERS)
def test_every_opener_can_be_imported(kind):
    assert callable(opener_of(kind))


def test_they_open_backends():
    assert isinstance(opener_of("mock")(), Backend)
    assert isinstance(opener_of(Kind.DEMO)(DemoOptions(at=NOW), FixedClock(NOW)), Backend)


@pytest.mark.parametrize("kind", ["pyairtable", "nonsense"])
def test_a_kind_that_nobody_serves_is_said_so_in_words(kind):
    if kind in OPENERS:
        kind += "?"
    with pytest.raises(ConfigurationError, match=kind.capitalize()) as caught:
        opener_of(kind)
    assert caught.value.code is ErrorCode.CONFIG_INVALID
    assert "--demo" in caught.value.hint
