"""Rows as people ask and read: questions of every form, answers of one to five cited sentences (docs/data.md)."""
