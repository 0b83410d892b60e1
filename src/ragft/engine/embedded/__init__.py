"""llama.cpp inside this process, and the models registered with it."""
