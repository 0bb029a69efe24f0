"""What the words mean: statuses, names, schedules, runs, and the rules between them.

Nothing here does I/O or reads a clock. `status`, `ids`, `clock`, `errors`, `text` and
`cron` need the standard library alone, so that the first paint can use them; the models
beside them are pydantic.
"""
