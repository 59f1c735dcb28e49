"""Signature fields, and the signatures in them."""
