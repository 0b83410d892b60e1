"""Written answers, right and wrong, played through the answer path in place of a model."""
