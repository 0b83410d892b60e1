"""The benchmark: suites, arms, metrics, statistics, the verdict."""
