"""An HTTP and an MCP server over the application, for OpenAI and Ollama clients, MCP hosts and a browser."""
