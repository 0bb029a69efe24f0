"""A gate with tokens, and one without."""

import pytest

from dli_tui.server.identity import Role
from tests.support_gate import OPEN, Gated, a_token, signed


@pytest.fixture
def tokens(tmp_path):
    """A token of each role, by its name."""
    path = tmp_path / "tokens.json"
    return {role.value: a_token(path, f"{role}@example.com", role) for role in Role}


@pytest.fixture
def gate(tmp_path, tokens):
    return Gated(signed(tmp_path))


@pytest.fixture
def demo():
    return Gated(OPEN)
