"""The world, made once for all tests that look at it."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.demo.making import Made, making


@pytest.fixture(scope="module")
def made_before(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> list[Any]:
    """What could be told of the same world when it was made once before."""
    with django_db_blocker.unblock(), making(tmp_path_factory.mktemp("before")) as made:
        return made.told


@pytest.fixture(scope="module")
def made(made_before: list[Any], django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Made]:
    """The world of `make demo`."""
    with django_db_blocker.unblock(), making(tmp_path_factory.mktemp("world")) as made:
        yield made
