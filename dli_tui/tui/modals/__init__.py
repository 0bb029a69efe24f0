"""One module a question; each returns one typed answer."""
