"""The page for a browser: its files, pictures of pages with marked passages, blind votes, and the key as a cookie."""
