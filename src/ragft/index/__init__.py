"""The catalogue (SQLite), the vectors (a file; Chroma where the settings name it), and search over both."""
