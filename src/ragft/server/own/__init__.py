"""ragft's own API: documents, search, questions, runs, jobs, health, metrics."""
