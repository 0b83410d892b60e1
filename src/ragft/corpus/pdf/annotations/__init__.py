"""Annotations and form fields: what they show, and what they cover."""
