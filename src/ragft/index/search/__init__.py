"""Search: spelling, names of papers, lexical and dense ranking, and their fusion."""
