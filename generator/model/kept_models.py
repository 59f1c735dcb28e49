"""Files of programmes as models, kept in the user's cache folder: validating one again takes 20 times as long.

What is kept is the model, pickled. Only what was found sound is kept, so that faults are told with their places, from
the file itself.
"""

from __future__ import annotations

import hashlib
import pickle
from contextlib import suppress
from pathlib import Path
from typing import Final, TypeVar

from pydantic import VERSION, BaseModel

from generator.base.kept import digest_of_makers, load_kept, store_kept

Model = TypeVar("Model", bound=BaseModel)

_FOLDER: Final = "schemes"
_SUFFIX: Final = ".model"
# Five schemes with what they share; whoever edits one leaves a file behind each time.
_MOST_KEPT: Final = 100
_FAULTS: Final = (
    pickle.PickleError,
    AttributeError,
    EOFError,
    ImportError,
    IndexError,
    TypeError,
    ValueError,
)


def load_model(model: type[Model], suffix: str, content: bytes) -> Model | None:
    """What a file was read as before; None where that is not kept, or cannot be trusted.

    Args:
        model: what the file describes.
        suffix: of the file's name, which says how it is written.
        content: the file's bytes.
    """
    packed = load_kept(_FOLDER, _name(model, suffix, content))
    if packed is None:
        return None
    try:
        found = pickle.loads(packed)  # noqa: S301 written by this user, undamaged
    except _FAULTS:
        return None
    return found if type(found) is model else None


def store_model(suffix: str, content: bytes, found: BaseModel) -> None:
    """Keep what a file was read as; arguments as of ``load_model``."""
    with suppress(*_FAULTS):
        store_kept(_FOLDER, _name(type(found), suffix, content), pickle.dumps(found, 5), _MOST_KEPT)


def _name(model: type[BaseModel], suffix: str, content: bytes) -> str:
    made = f"{_MAKERS}|{model.__module__}.{model.__qualname__}|{suffix}|"
    return hashlib.sha256(made.encode() + content).hexdigest() + _SUFFIX


def _read_makers() -> str:
    """What a model depends on besides the file: the code of this wing and of the one below, pydantic and Python."""
    here = Path(__file__).parent
    sources = [path for folder in (here, here.parent / "base") for path in folder.rglob("*.py")]
    return f"{VERSION} {digest_of_makers(sources)}"


_MAKERS: Final = _read_makers()
