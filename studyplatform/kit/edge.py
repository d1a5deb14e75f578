"""Calls to the outside stand between two transactions, never inside one."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from django.db import connection

P = ParamSpec("P")
R = TypeVar("R")


class OpenTransaction(RuntimeError):
    """A call to the outside was made while a transaction was open."""


def outside(call: Callable[P, R]) -> Callable[P, R]:
    """Refuse to run `call` while a transaction is open, so that no lock waits for another company's server."""

    @wraps(call)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
        if in_transaction():
            raise OpenTransaction(f"{call.__qualname__} leaves the process and must not run in a transaction")
        return call(*args, **kwargs)

    return guarded


def in_transaction() -> bool:
    """Tell whether product code opened a transaction; the one a test case wraps around itself does not count."""
    return any(not getattr(block, "_from_testcase", False) for block in connection.atomic_blocks)
