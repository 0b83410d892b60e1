"""From an adapter to a registered model, and the proof that both are the same."""
