"""Which servers there are and how to reach them: config.toml, and where secrets come from.

It is read before the first paint, so nothing here needs more than tomllib and dataclasses.
Secrets are never in the file; `secrets` fetches them when a connection is opened.
"""
