"""Public ids that are the same in every new world, so that its links can be written down. Secrets stay random."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch

from django.utils.crypto import get_random_string

from studyplatform.kit import ids

LENGTH = 10  # of kit.ids.short_id; tokens are longer


def id_of(name: str) -> str:
    """Return the public id of a named thing, whenever it is made."""
    return "".join(random.Random(name).choices(ids.ALPHABET, k=LENGTH))


@contextmanager
def same_ids() -> Iterator[None]:
    """Draw short ids from dice that fall the same way each time."""
    dice = random.Random("duru")

    def drawn(length: int, alphabet: str) -> str:
        fixed = length == LENGTH
        return "".join(dice.choices(alphabet, k=length)) if fixed else get_random_string(length, alphabet)

    with patch.object(ids, "get_random_string", drawn):
        yield
