"""The catalogue (SQLite), the vectors (Chroma), and search over both."""
