"""Question-answer pairs made from the corpus, verified, stored as JSONL."""
