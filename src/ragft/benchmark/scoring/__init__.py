"""From recorded answers to metrics, differences with intervals, and a verdict."""
