"""The types a model can have, and who makes each: our converter, or Ollama from a model of one of our types.

own_type("Q4_k_m")                  # "q4_K_M", as the engines spell it
fix_for("q4_K_M", run="demo-1")     # what to say so that there is a model of this type
"""

from __future__ import annotations

OLLAMA_TYPES = ("q4_K_M", "q4_K_S")
"""Types that Ollama makes itself, of a model of one of `SOURCE_TYPES`; our converter has no K-quants."""
SOURCE_TYPES = ("bf16", "f16", "f32")


def own_type(name: str) -> str:
    """The one spelling of a type: lower case, but for those that Ollama makes."""
    return next((made for made in OLLAMA_TYPES if made.lower() == name.lower()), name.lower())


def fix_for(name: str, *, run: str = "") -> str:
    """The commands that give a model of the type `name`, or the types there are where nothing makes it."""
    from llama_cpp_tools.quantize import OUT_TYPES

    of_run = f" --run {run}" if run else ""
    wanted = own_type(name)
    if wanted in OUT_TYPES:
        return f"ragft export{of_run} --type {wanted}"
    if wanted in OLLAMA_TYPES:
        first = f"ragft export{of_run} --type {SOURCE_TYPES[0]}"
        return f"{first}, then ragft register{of_run} --type {wanted} --engine ollama"
    return f"choose a type that can be made: {', '.join(OUT_TYPES)}; with Ollama also {', '.join(OLLAMA_TYPES)}"
