"""One module a screen; a screen asks the session and hands rows to its widgets."""
