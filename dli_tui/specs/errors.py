"""What is wrong with a spec: every problem at once, each a sentence of its own."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Final

from dli_tui.domain.errors import WorkflowRegistrationError
from dli_tui.domain.text import safe_line

_HINT: Final = "Nothing was registered. Correct the spec and try again."


class SpecError(WorkflowRegistrationError):
    """DLI-801: a spec that can't be used. `path` is None for text that is in no file yet."""

    def __init__(
        self, problems: Iterable[str], *, path: Path | None = None, dataset_name: str = ""
    ) -> None:
        self.path = path
        self.problems = tuple(problems)
        file = "the spec" if path is None else safe_line(path.name)
        if len(self.problems) == 1:
            message = f"{file}: {self.problems[0]}"
        else:
            lines = "".join(f"\n  {problem}" for problem in self.problems)
            message = f"{file} has {len(self.problems)} problems:{lines}"
        super().__init__(message, dataset_name=dataset_name, hint=_HINT)
