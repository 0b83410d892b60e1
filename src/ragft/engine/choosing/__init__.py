"""Which engine and which model answer, and how both are found."""
