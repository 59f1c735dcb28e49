"""Writing empty signature fields, and examining the signatures in them."""
