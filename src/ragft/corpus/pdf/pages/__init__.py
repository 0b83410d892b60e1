"""Pages as lines in reading order, and what of a page is left out of the text."""
