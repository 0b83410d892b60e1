"""Asks the arms: one retrieval a question, one clock, and what each answer cost."""
