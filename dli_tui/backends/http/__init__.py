"""One long-lived HTTP connection to a server: signed in, patient with reads, careful with writes."""
