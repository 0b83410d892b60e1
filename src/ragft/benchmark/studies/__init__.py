"""What is measured beside a comparison: hostile documents, the place of a fact, refusals, errors of the verdict."""
