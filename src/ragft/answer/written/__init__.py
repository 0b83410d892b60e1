"""What a model writes, as it arrives: citation keys, thoughts, refusals, broken output."""
