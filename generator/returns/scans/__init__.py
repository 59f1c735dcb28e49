"""Scanned pages told from our own renderings, without a model: which page it is, what was signed, what was altered."""
