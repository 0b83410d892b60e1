"""From lines to paragraphs, headings and blocks."""
