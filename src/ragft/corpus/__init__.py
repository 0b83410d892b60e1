"""Reading of files: readers, cleaning, sections, chunks."""
