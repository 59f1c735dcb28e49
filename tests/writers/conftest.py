"""Two invented programmes, and data loaded for them, as the readers' tests have them."""

from tests.readers.conftest import first, loaded, second

__all__ = ["first", "loaded", "second"]
