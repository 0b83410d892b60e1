"""A comparison: its arms, its plan and protocol, and the run from the first question to the report."""
