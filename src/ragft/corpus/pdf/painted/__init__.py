"""What is painted on a page, in its order: which text can be seen, which lines are drawn."""
