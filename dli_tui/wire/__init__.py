"""The Basecamp contract: replies as sent, turned into our words.

Servers that speak it differ in keys, spellings and envelopes. What is read here accepts
every variant and keeps the raw word where ours differs; what can't be read becomes a row
that says so, or a domain error, and never an error of Python's or pydantic's.
"""
