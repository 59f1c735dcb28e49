"""Which faces print what, found once and kept."""
