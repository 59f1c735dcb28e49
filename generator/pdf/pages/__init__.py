"""What is done to finished pages: merged, numbered, marked, described."""
