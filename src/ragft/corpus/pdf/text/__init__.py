"""The words of a page, joined to spans in the order in which they are read."""
