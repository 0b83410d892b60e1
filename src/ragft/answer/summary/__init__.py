"""Summaries of a whole document, read part by part."""
