"""From files to clean, located text: readers, cleaning, sections, chunks."""
