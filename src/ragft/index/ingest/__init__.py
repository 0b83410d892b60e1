"""From files to the index: what changed, in batches, in an order that survives a kill."""
