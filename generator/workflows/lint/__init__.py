"""What is wrong in a programme's folder."""
