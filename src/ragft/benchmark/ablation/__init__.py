"""Recipes of data and training against each other: the plan of such an experiment, and its tables."""
