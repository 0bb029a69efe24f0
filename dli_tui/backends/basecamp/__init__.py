"""A Basecamp server behind the port, ours or another."""
