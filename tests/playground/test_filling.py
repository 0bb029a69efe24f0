"""Variables of a configuration."""

import pytest

from dli_tui.playground.filling import filled

KNOWN = {
    "execution_id": 7,
    "trigger": {"file_id": "f1", "params": {"priority": "high"}},
    "steps": {"read": {"words": [1, 2]}},
}


@pytest.mark.parametrize(
    ("config", "told"),
    [
        ("{{trigger.file_id}}", "f1"),
        ("{{ trigger.params.priority }}!", "high!"),
        ("{{execution_id}}", 7),
        ("no {{execution_id}}", "no 7"),
        ("{{steps.read.words}}", [1, 2]),
        ({"a": ["{{trigger.file_id}}", 3, None]}, {"a": ["f1", 3, None]}),
    ],
)
def test_what_is_known_is_put_in(config, told):
    assert filled(config, KNOWN) == told


@pytest.mark.parametrize(
    "config",
    ["{{env.TOKEN}}", "x {{trigger.other}} y", "{{trigger.file_id.more}}", "{{a b", "{{}}"],
)
def test_what_is_not_known_stays_as_it_is_written(config):
    assert filled(config, KNOWN) == config
