"""Fixtures every test may use."""

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
