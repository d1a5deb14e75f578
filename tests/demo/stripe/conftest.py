"""One local Stripe for all these tests; its log is checked at the end of its own test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.demo.stripe.sandbox import Sandbox


@pytest.fixture(scope="session")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("log") / "exchanges.jsonl"


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory, log: Path) -> Iterator[Sandbox]:
    sandbox = Sandbox(tmp_path_factory.mktemp("sandbox"), log=str(log))
    yield sandbox
    sandbox.close()


@pytest.fixture
def sandbox(running: Sandbox) -> Iterator[Sandbox]:
    """The local Stripe. Its objects stay from test to test; faults do not."""
    yield running
    running.clear()
