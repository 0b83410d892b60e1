"""Tables: their cells, columns and rows, and what only looks like one."""
