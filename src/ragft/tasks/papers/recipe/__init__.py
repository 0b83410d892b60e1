"""From papers to rows: claims, questions about them, and answers over the evidence, each verified."""
