"""OpenAI's API: models, chat completions, responses, embeddings."""
