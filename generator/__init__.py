"""lianheti: from one description of an innovation consortium to the paperwork a province asks for."""

__version__ = "0.1.0"
