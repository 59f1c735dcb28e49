"""What comes back: filled forms read into data, signed and scanned pages compared with what was sent out."""
