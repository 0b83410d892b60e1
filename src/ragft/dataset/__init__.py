"""Training rows, whatever the task: stored as JSONL, checked, split, mixed, imported and exported."""
