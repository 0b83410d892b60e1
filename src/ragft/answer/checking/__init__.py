"""Whether the sources support what is said: words, numbers, names, denials, meaning."""
