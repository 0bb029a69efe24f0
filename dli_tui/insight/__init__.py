"""What the past tells: durations, estimates, lateness, plans. Pure functions of what is given."""
