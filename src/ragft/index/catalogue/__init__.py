"""The catalogue: documents, chunks and names in one SQLite file."""
