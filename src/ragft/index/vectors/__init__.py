"""The vectors of chunks: storage, and three ways to find those closest to a query."""
