"""The referee: suites, arms, metrics, statistics, the gate."""
