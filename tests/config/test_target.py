"""What is opened knows the project that is registered from."""

from pathlib import Path

from dli_tui.config.model import Kind, Profile
from dli_tui.config.target import HERE, Target


def test_the_project_is_that_of_the_profile_or_where_one_stands():
    shop = Profile(name="shop", kind=Kind.DEMO, project=Path("shop"))
    assert Target(shop).project == Path("shop")
    assert Target().project == HERE == Path()
