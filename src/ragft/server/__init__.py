"""An HTTP and an MCP server over the application: what OpenAI and Ollama clients, MCP hosts and a browser speak."""
