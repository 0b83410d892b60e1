"""Training: a LoRA adapter over a base model, from prompt/completion rows.

base = resolve_base("smollm2")
report = train(workspace.datasets / "papers", base, workspace.runs / "first", settings.train)
"""
