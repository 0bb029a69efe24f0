"""What the README says of each place is what that place says of itself."""

import runpy
from pathlib import Path

from dli_tui.config.model import Kind


def test_the_table_of_what_is_offered_is_the_one_that_the_places_make():
    table = runpy.run_path("scripts/offers_table.py")["table"]()
    text = Path("README.md").read_text(encoding="utf-8")
    between = text.partition("scripts/offers_table.py, a test compares them -->")[2]
    assert between.partition("<!-- /offers -->")[0].strip() == table


def test_every_kind_of_profile_has_a_column():
    places = runpy.run_path("scripts/offers_table.py")["PLACES"]
    columns = {place.casefold().split()[0] for place in places}
    assert columns == {str(kind) for kind in Kind}
