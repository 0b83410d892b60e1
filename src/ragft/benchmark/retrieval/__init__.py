"""How well an index finds what answers a question."""
