"""What is always asked after has its place also where nobody knows it."""

from dli_tui.present import facts


def test_what_nobody_knows_stays_empty_and_stands_first():
    known = (("owner", "@team"), ("tags", "daily"), ("spec", "s3://x"))
    assert facts.with_unknown(known) == (
        ("owner", "@team"),
        ("team", ""),
        ("description", ""),
        ("spec", "s3://x"),
        ("tags", "daily"),
    )
