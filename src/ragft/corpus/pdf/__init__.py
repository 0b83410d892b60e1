"""From a PDF's glyphs to blocks: spans, furniture, reading order, structure, front matter."""
