"""The result as files, on the terminal, and over time."""
