"""One long-lived HTTP client per server: signed in, patient with reads, careful with writes."""
