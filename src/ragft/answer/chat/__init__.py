"""A conversation: its turns, its commands, and the screen that it writes to."""
