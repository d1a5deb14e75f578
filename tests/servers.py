"""Starts PostgreSQL and Valkey for a test run before Django reads its settings; loaded with `-p tests.servers`."""

import os
import secrets
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


def is_worker() -> bool:
    """Workers of pytest-xdist share the servers of the run that started them."""
    return "PYTEST_XDIST_WORKER" in os.environ


def start() -> None:
    for name, value in SETTINGS.items():
        os.environ.setdefault(name, value)
    if not is_worker() and "DATABASE_URL" not in os.environ:
        os.environ.update(stack.enter_context(throw_away()))


def pytest_unconfigure(config: pytest.Config) -> None:
    stack.close()


start()
