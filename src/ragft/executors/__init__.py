"""Where work runs that is the same everywhere: on threads of this process, or on the machines of a Ray cluster."""
