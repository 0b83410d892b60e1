"""What a model is given: instruction, evidence within a budget, and a question made safe and complete."""
