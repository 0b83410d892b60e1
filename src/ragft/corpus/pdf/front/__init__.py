"""The front matter of a paper: title, authors, year and identifier."""
