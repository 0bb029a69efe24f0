"""Each role may what the one before may, and who may not is told what it takes."""

import pytest

from dli_tui.domain.errors import WorkflowPermissionError
from dli_tui.server.identity import Identity, Role, admit, identity_of, require

ORDER = [Role.VIEWER, Role.OPERATOR, Role.ADMIN]


@pytest.mark.parametrize("mine", ORDER)
@pytest.mark.parametrize("asked", ORDER)
def test_a_role_covers_itself_and_the_lower_ones(mine, asked):
    assert mine.covers(asked) == (ORDER.index(mine) >= ORDER.index(asked))


def test_what_takes_more_is_refused_in_words():
    scope: dict[str, dict[str, object]] = {"state": {}}
    admit(scope, Identity("oncall@example.com", Role.VIEWER, "0a"))
    require(scope, Role.VIEWER)
    with pytest.raises(
        WorkflowPermissionError, match=r"oncall@example\.com is signed in as viewer"
    ):
        require(scope, Role.OPERATOR)
    assert identity_of(scope).name == "oncall@example.com"


def test_a_jwt_of_the_same_name_is_somebody_else():
    by_token, by_jwt = Identity("oncall", Role.ADMIN, "0a"), Identity("oncall", Role.ADMIN)
    assert by_token.sender != by_jwt.sender
    assert by_token.sender == Identity("oncall", Role.VIEWER, "0b").sender
