"""The dashboard: screens, modals and widgets over one session. Nothing here asks a server."""
