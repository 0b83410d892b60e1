"""LoRA adapters by TRL and PEFT."""
