"""Which source is in force, and where that is news."""

from dli_tui.domain.schedule import NotificationTarget
from dli_tui.domain.status import SourceType
from dli_tui.specs.sources import Change, Notice, Seen, changes, in_force, parts_of
from tests.specs.store.places import NAME, NOW

MANUAL, CODE = SourceType.MANUAL, SourceType.CODE
OTHER = "other.one"


def known(**sources):
    """What was seen: by source the names, those that were removed with a minus in front."""
    return {
        f"workflows/{source}/{name.lstrip('-')}.yaml": Seen("e", name.startswith("-"))
        for source, names in sources.items()
        for name in names
    }


def test_code_is_in_force_where_there_is_one():
    seen = known(code=[NAME, f"-{OTHER}", "-gone.one"], manual=[NAME, OTHER])
    assert in_force(seen) == {NAME: CODE, OTHER: MANUAL}
    assert in_force(dict(reversed(seen.items()))) == {NAME: CODE, OTHER: MANUAL}


def test_what_is_no_document_of_a_source_counts_for_nothing():
    assert parts_of(f"workflows/code/{NAME}.yaml") == (NAME, CODE)
    for key in ("workflows/other/a.yaml", "workflows/code/a.yml", "code/a.yaml", ""):
        assert parts_of(key) is None
        assert in_force({key: Seen("e", is_removed=False)}) == {}


def test_code_takes_over_and_gives_back():
    alone, both = known(manual=[NAME]), known(manual=[NAME], code=[NAME])
    assert changes(alone, both) == (Change(NAME, MANUAL, CODE),)
    assert changes(both, alone) == (Change(NAME, CODE, MANUAL),)
    removed = known(manual=[NAME], code=[f"-{NAME}"])
    assert changes(both, removed) == (Change(NAME, CODE, MANUAL),)


def test_a_birth_a_death_and_a_new_version_are_no_news():
    none, alone, both = known(), known(manual=[NAME]), known(manual=[NAME], code=[NAME])
    for before, now in (
        *((none, alone), (none, both), (alone, none), (both, none), (both, both)),
        (known(manual=[f"-{NAME}"]), known(code=[NAME])),
        (both, known(code=[NAME])),
        (alone, {key: Seen("f", is_removed=False) for key in alone}),
    ):
        assert changes(before, now) == ()


def test_a_message_says_who_changed_what_from_what_to_what_and_when():
    notice = Notice(Change(NAME, MANUAL, CODE), "ci@example.com", NOW, ())
    assert notice.payload(NotificationTarget(type="webhook", url="https://a/")) == {
        "event_type": "source_changed",
        "workflow_id": NAME,
        "from": "MANUAL",
        "to": "CODE",
        "by": "ci@example.com",
        "timestamp": "2026-11-21T09:00:00Z",
    }
    told = notice.payload(NotificationTarget(type="slack", url="https://a/"))
    assert told["text"] == f"{NAME}: CODE is in force now, MANUAL was before"
