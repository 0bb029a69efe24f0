"""The recorded behaviours that the seeds and real services were seen to have."""

import json
from pathlib import Path
from typing import Any


def cases_of(area: str) -> dict[str, dict[str, Any]]:
    """The cases of one area by their ids."""
    found = json.loads((Path(__file__).parent / "cases.json").read_text())
    return {case["id"]: case for case in found if case["area"] == area}
