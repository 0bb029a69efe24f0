"""Leaving out what doesn't apply to a place: by name, with the reason beside it."""

import re


def leave_out(config, items, folder, patterns):
    """Deselect the tests of a folder that one of `patterns` names."""
    out = [
        one
        for one in items
        if str(one.path).startswith(folder)
        and any(re.search(pattern, one.nodeid) for pattern in patterns)
    ]
    config.hook.pytest_deselected(items=out)
    items[:] = [one for one in items if one not in out]
