"""Measure the dashboard by its budgets; exit 1 when one is exceeded.

    python -m tests.benchmarks.bench [--short] [--only NAME …] [--slack 2] [--json FILE]

Wall times on a shared machine say little. So the dashboard and two reference programs run in
turn, again and again, and what counts is the ratio, or the processor time.
"""

from __future__ import annotations

import argparse
import compileall
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import dli_tui
from tests.benchmarks import programs
from tests.benchmarks.budgets import BUDGETS
from tests.benchmarks.figures import (
    Budget,
    Effort,
    Figures,
    Scene,
    Setting,
    Verdict,
    as_json,
    table,
)
from tests.terminal import NotShownError, environment

THOROUGH: Final = Effort(rounds=5, presses=30, rest=20.0)
SHORT: Final = Effort(rounds=3, presses=15, rest=10.0)


def main() -> int:
    """Measure what was asked for; the exit code."""
    given = _arguments()
    wanted = [budget for budget in BUDGETS if not given.only or budget.name in given.only]
    _compile()
    with TemporaryDirectory() as home:
        setting = Setting(SHORT if given.short else THOROUGH, _environment(home))
        verdicts, behind = judged(wanted, setting, given.slack)
    sys.stdout.write(f"{table(verdicts)}\n")
    for name, figure in behind.items():
        sys.stdout.write(f"  {name}: {figure:.2f}\n")
    if given.json is not None:
        given.json.write_text(f"{as_json(verdicts, behind)}\n", encoding="utf-8")
    return 0 if all(verdict.kept for verdict in verdicts) else 1


def judged(
    budgets: Sequence[Budget], setting: Setting, slack: float
) -> tuple[list[Verdict], Figures]:
    """Each budget beside its figure; and the figures that are behind those."""
    scenes = dict.fromkeys(budget.scene for budget in budgets)
    figures: Figures = {}
    reasons: dict[Scene, str] = {}
    for scene in scenes:
        sys.stderr.write(f"{scene.__name__} …\n")
        try:
            figures |= scene(setting)
        except NotShownError as problem:
            sys.stderr.write(f"{problem}\n")
            reasons[scene] = str(problem).partition("\n")[0].removesuffix("; the screen:")
    verdicts = [
        Verdict(
            budget, budget.bound * slack, figures.get(budget.name), reasons.get(budget.scene, "")
        )
        for budget in budgets
    ]
    names = {budget.name for budget in BUDGETS}
    return verdicts, {name: value for name, value in figures.items() if name not in names}


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--short", action="store_true", help="fewer rounds, for a machine's check")
    parser.add_argument(
        "--only",
        action="append",
        default=[],
        metavar="NAME",
        choices=[budget.name for budget in BUDGETS],
        help="this budget (again for more); names: %(choices)s",
    )
    parser.add_argument("--slack", type=float, default=1.0, help="let bounds be so many times")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write one line of JSON too")
    return parser.parse_args()


def _compile() -> None:
    """What is installed is compiled; without that a start takes three times as long."""
    for package in (dli_tui, programs):
        compileall.compile_dir(str(Path(package.__file__ or "").parent), quiet=2)


def _environment(home: str) -> dict[str, str]:
    """A terminal's, with a home of its own."""
    kinds = ("CONFIG", "STATE", "CACHE", "DATA")
    folders = {f"XDG_{kind}_HOME": str(Path(home, kind.lower())) for kind in kinds}
    env = environment(**folders, HOME=home, TZ="UTC")
    return {name: value for name, value in env.items() if not name.startswith("DLI_TUI_")}


if __name__ == "__main__":
    sys.exit(main())
