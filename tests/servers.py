"""Starts PostgreSQL and Valkey for a test run before Django reads its settings; loaded with `-p tests.servers`.

With DATABASE_URL and REDIS_URL given it starts nothing. Workers of pytest-xdist share the servers of their run, each
with a Valkey database of its own.
"""

import atexit
import os
import secrets
import signal
from contextlib import ExitStack

import pytest

from studyplatform.demo.servers import throw_away

SETTINGS = {
    "SECRET_KEY": secrets.token_hex(32),
    "SITE_URL": "http://testserver",
    "ALLOWED_HOSTS": "testserver,localhost,127.0.0.1",
    "EMAIL_URL": "memorymail://",
    "STRIPE_API_KEY": "sk_test_for_tests",
    "STRIPE_WEBHOOK_SECRET": "whsec_for_tests",
    "CHECKOUT_ORIGINS": "http://127.0.0.1:*",
    "DEMO": "1",
    "DEBUG": "0",
}

stack = ExitStack()


def start() -> None:
    """Set the environment that settings need; start servers unless they are named or belong to the run already."""
    for name, value in SETTINGS.items():
        os.environ.setdefault(name, value)
    worker = os.environ.get("PYTEST_XDIST_WORKER", "")
    if worker:
        address = os.environ["REDIS_URL"].partition("?")[0]
        os.environ["REDIS_URL"] = f"{address}?db={int(worker.removeprefix('gw')) % 15 + 1}"
    elif not {"DATABASE_URL", "REDIS_URL"} <= os.environ.keys():
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        atexit.register(stack.close)
        for name, value in stack.enter_context(throw_away()).items():
            os.environ.setdefault(name, value)


def pytest_unconfigure(config: pytest.Config) -> None:
    stack.close()


start()
