"""The PDF engines, behind one interface."""
