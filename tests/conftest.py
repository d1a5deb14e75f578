"""Fixtures every test may use."""

import datetime
import gc

import pytest
import time_machine
from django.conf import settings
from django.core.cache import cache
from django.core.management import call_command
from django.core.signals import setting_changed
from django.utils import timezone

from tests.people import (  # noqa: F401
    admin,
    cohort,
    host,
    member,
    other_host,
    partner,
    stranger,
    study,
)


def pytest_configure() -> None:
    gc.set_threshold(50_000, 20, 20)  # tables are made from thousands of classes: collecting takes a third of that
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if "whitenoise" not in name]


@pytest.hookimpl(tryfirst=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    """Pages speak Korean only once the catalogue is compiled; the first process does it for its workers."""
    if not hasattr(session.config, "workerinput"):
        call_command("catalog", "compile")
        setting_changed.send(sender=None, setting="LOCALE_PATHS", value=settings.LOCALE_PATHS, enter=True)  # read anew


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest file begins first, so that no process ends alone with it; `tools/test` keeps it first."""
    items.sort(key=lambda item: "histories" not in item.nodeid)


@pytest.fixture(autouse=True)
def _fresh():
    """No test sees the pages another one kept, nor stands in the time zone of another one's last reader."""
    cache.clear()
    timezone.deactivate()


@pytest.fixture
def still_clock():
    """Stand at the first second of a minute: what is counted by the minute is not split between two."""
    with time_machine.travel(datetime.datetime.now(datetime.UTC).replace(second=1), tick=False) as travelling:
        yield travelling
