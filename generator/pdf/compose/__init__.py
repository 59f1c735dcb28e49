"""From that tree to what the Typst program draws."""
