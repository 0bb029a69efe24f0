"""The headless commands: stdout is the answer, stderr the talk, the exit code the verdict."""
