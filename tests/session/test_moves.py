"""What moved since a version is named as long as that is worth it."""

from dli_tui.domain.ids import WorkflowKey
from dli_tui.session.moves import MOST_KEPT, Moved, Moves

A, B, C = (WorkflowKey(name) for name in "abc")


def test_nothing_moves_at_first():
    assert Moves().since(0) == Moved(0)


def test_everything_that_moved_since_is_named_once():
    moves = Moves()
    moves.note([A])
    seen = moves.since(0)
    moves.note([B])
    moves.note([B, C])
    assert seen == Moved(1, frozenset([A]))
    assert moves.since(seen.version) == Moved(3, frozenset([B, C]))
    assert moves.since(3) == Moved(3)


def test_where_nothing_moved_there_is_no_new_version():
    moves = Moves()
    moves.note([])
    assert moves.since(0).version == 0


def test_who_is_too_far_behind_looks_at_everything_and_is_then_up_to_date():
    moves = Moves()
    moves.note([A])
    moves.note(WorkflowKey(str(number)) for number in range(MOST_KEPT))
    moves.note([B])
    assert moves.since(0) == Moved(3, whole=True)
    assert moves.since(1).whole
    assert moves.since(2) == Moved(3, frozenset([B]))


def test_a_version_that_was_never_given_out_brings_everything():
    assert Moves().since(7) == Moved(0, whole=True)
