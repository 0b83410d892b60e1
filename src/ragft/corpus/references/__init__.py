"""Metadata that people already have: BibTeX and CSL-JSON read, matched to documents, and written as bibliographies."""
