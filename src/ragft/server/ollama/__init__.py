"""Ollama's API, so that what speaks Ollama speaks to the documents."""
