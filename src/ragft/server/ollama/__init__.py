"""Ollama's API, so that Ollama clients can ask the documents."""
