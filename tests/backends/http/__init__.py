"""The HTTP client: by a transport of our own where that can say it, else by a real socket."""
