"""dli-tui: the control room for data workflows, as a library.

The names are those of `dli_tui.api.exports`, imported when the first of them is used, so
that `import dli_tui` costs nothing: the dashboard is on screen before pydantic could be.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from dli_tui._version import __version__ as __version__

if TYPE_CHECKING:
    from dli_tui.api.exports import *  # noqa: F403 - the list has one home


def __getattr__(name: str) -> object:
    # A module of ours is looked for here before it is imported; that is not one of the names.
    if name.startswith("__") and name != "__all__":
        raise AttributeError(f"module 'dli_tui' has no attribute '{name}'")
    from importlib import import_module  # noqa: PLC0415 - see above

    exports = import_module("dli_tui.api.exports")
    if name != "__all__" and name not in exports.__all__:
        raise AttributeError(f"module 'dli_tui' has no attribute '{name}'")
    found: object = getattr(exports, name)
    return found


def __dir__() -> list[str]:
    from dli_tui.api.exports import __all__ as names  # noqa: PLC0415 - see above

    return sorted({*globals(), *names})
