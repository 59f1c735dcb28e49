"""What the program talks about: fields, the consortium, programmes, findings."""
