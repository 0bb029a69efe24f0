"""What the dashboard is measured against, and the dashboard where much happens, or nothing."""
