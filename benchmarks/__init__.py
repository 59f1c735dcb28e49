"""Figures measured side by side with what others do, on this machine, now: ``python -m benchmarks``."""
