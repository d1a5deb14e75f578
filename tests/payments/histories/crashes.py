"""Crashes: the process dies before its n-th word to the database or to Stripe; what was committed stays."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock

import requests
from django.db import connection

BRACKETS = ("SAVEPOINT", "RELEASE", "ROLLBACK")  # where a transaction begins and ends in a test


class Crash(BaseException):
    """The process is gone: nothing in the product may catch this."""


@contextmanager
def crashing(at: int | None) -> Iterator[None]:
    """Die before the `at`-th statement or request of this block, whichever it is; None: live."""
    left = at or 0

    def step() -> None:
        nonlocal left
        left -= 1
        if left == 0:
            raise Crash

    def ask(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        if not sql.startswith(BRACKETS):
            step()
        return execute(sql, params, many, context)

    send = requests.Session.send

    def post(self: requests.Session, *arguments: Any, **options: Any) -> requests.Response:
        step()
        return send(self, *arguments, **options)

    with connection.execute_wrapper(ask), mock.patch.object(requests.Session, "send", post):
        yield
