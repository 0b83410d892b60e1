"""Training rows of every task: stored as JSONL, checked, split, mixed, imported and exported."""
