"""What runs a language model: Ollama, the embedded llama.cpp, or a script for tests."""
