"""A PyAirtable automation service and its saga orchestrator behind the port."""
