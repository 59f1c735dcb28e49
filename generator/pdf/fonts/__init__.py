"""Which faces draw which text: found once, and kept in a cache."""
