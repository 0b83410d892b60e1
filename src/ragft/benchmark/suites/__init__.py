"""Suites that tell something of every model, whatever it was tuned for, and what a suite is (`base`)."""
