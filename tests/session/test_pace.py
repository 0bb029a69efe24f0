"""Real seconds go by on their own; nobody sets them back."""

from dli_tui.session.pace import RealPace


async def test_real_seconds_never_go_back():
    pace = RealPace()
    before = pace.passed()
    await pace.sleep(0)
    assert pace.passed() >= before
