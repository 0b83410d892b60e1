"""Suites that fit every model and every task, and the contract of a suite (`base`)."""
