"""When the evidence is too weak to ask a model, and how the threshold is fitted."""
