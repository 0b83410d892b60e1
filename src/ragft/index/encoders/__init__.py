"""Text encoders: one file a backend, chosen by name in `ragft.index.encoders.open_encoder`."""
