"""Text encoders: one file for each backend, chosen by name in `ragft.index.encoders.open_encoder`."""
