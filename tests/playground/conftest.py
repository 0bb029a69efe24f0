"""A playground for each test."""

import pytest

from tests.playground.asking import Asked


@pytest.fixture
def empty():
    """A service of 003 that holds nothing yet."""
    return Asked(stocked=False)


@pytest.fixture
def stocked():
    """A service of 003 with all that a company has."""
    return Asked()
