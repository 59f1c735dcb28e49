"""Settings of all tests."""

from __future__ import annotations

from hypothesis import settings

# How long an example takes says something about the machine, not about the code: no deadline.
settings.register_profile("lianheti", deadline=None, print_blob=True)
settings.load_profile("lianheti")
