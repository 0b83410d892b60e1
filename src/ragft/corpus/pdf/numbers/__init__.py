"""Numbers: raised digits, fractions and signs, each read as it is seen."""
