"""An answer as a reader or a program gets it, in the language of the question."""
