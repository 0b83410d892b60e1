"""The stages of build-model, resumable, with a manifest of digests."""
