"""The vectors of chunks: where they are kept, and three ways to find those that are like a query's."""
