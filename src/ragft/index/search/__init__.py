"""From a question to chunks: spelling, names, words, meaning, and one ranking of all."""
