"""The screens, one module each: what a request asks of ``workflows`` and which page answers it."""
