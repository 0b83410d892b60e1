"""Ingest: reads changed files and stores them in batches, in an order that survives a kill."""
