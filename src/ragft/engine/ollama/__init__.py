"""Ollama: a running server, spoken to through its official client."""
