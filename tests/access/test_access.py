"""Promise 5: nobody sees or does what their role does not allow. Every address is tried as every role (I-31)."""

import re
from typing import Any

import pytest

from tests.access.table import rows
from tests.access.trying import Tried, attempt, browsers, names
from tests.access.world import INSIDERS, ROLES, World, build
from tests.payments.conftest import local_stripe, stripe  # noqa: F401

pytestmark = pytest.mark.django_db

REFUSED = {"in", "400", "401", "403", "404", "405", "409", "410"}
LEAK = re.compile(r"secret\.example|SECRET|secret-(draft|among-us)")
OWN_SECRETS = {"calendar_feed"}  # opened by a key only the member knows
WRITES_NOTHING = {  # and is allowed
    "account_logout",  # its effect is on the session
    "account_reauthenticate",
    "account_set_password",  # everybody here has one
    "checkout_page",  # leads on to a page that is open, or tells that it is paid
    "checkout_page.open",
    "checkout_give_up",
    "payee_stripe",  # no country is named
    "socialaccount_connections",  # nobody here has one
    "socialaccount_signup",
    "account_confirm_login_code",  # nobody asked for a code
    "account_email_verification_sent",
    "account_reset_password_from_key",  # the key is guessed
    "admin:login",
}


@pytest.fixture
def world(stripe: Any, settings: Any, tmp_path: Any) -> World:  # noqa: F811
    settings.MEDIA_ROOT = tmp_path
    return build()


@pytest.mark.parametrize("role", ROLES)
def test_everybody_gets_what_the_table_says(world: World, role: str) -> None:
    browser, wrong = browsers(world)[role], []
    for method, row, outcomes in rows(names()):
        said = outcomes[ROLES.index(role)]
        complaint = _complaint(role, row, said, attempt(world, browser, method, row))
        wrong += [f"{method} {row}: {complaint}"] if complaint else []
    assert not wrong, "\n".join(wrong)


def _complaint(role: str, row: str, said: str, tried: Tried) -> str:
    if tried.outcome != said and (said != "any" or tried.outcome.startswith("5")):
        return f"{tried.outcome}, the table says {said}"
    if tried.wrote and (said in REFUSED or (row.startswith("admin") and role != "admin")):
        return f"refused, and yet it wrote {tried.wrote}"
    at_the_desk = role == "admin" and row.startswith("admin")
    if role not in INSIDERS and row not in OWN_SECRETS and not at_the_desk and LEAK.search(tried.page):
        return "shows what only the cohort may know"
    return ""


@pytest.mark.parametrize("role", ["anonymous", "member", "host"])
def test_what_the_table_does_not_name_is_not_done(world: World, role: str) -> None:
    browser, listed, wrong = browsers(world)[role], rows(names()), []
    known = {(method, row.partition(".")[0]) for method, row, _ in listed}
    for row in {row for _, row, _ in listed}:
        for method in ("GET", "POST"):
            if (method, row.partition(".")[0]) not in known:
                tried = attempt(world, browser, method, row)
                refused = tried.outcome in REFUSED or (row.startswith("admin") and tried.outcome == "go")
                wrong += [] if refused and not tried.wrote else [f"{method} {row}: {tried.outcome} {tried.wrote}"]
    assert not wrong, "\n".join(sorted(wrong))


def test_what_is_posted_really_does_something_where_it_is_allowed(world: World) -> None:
    """A refusal proves nothing when the body was one that nobody could have sent."""
    known, idle = browsers(world), []
    for method, row, outcomes in rows(names()):
        allowed = [role for role, said in zip(ROLES, outcomes, strict=True) if said not in REFUSED]
        tries = allowed if method == "POST" and row not in WRITES_NOTHING and row[0] != "/" else []
        if tries and not any(attempt(world, known[role], method, row).wrote for role in tries):
            idle.append(row)
    assert not idle, idle


def test_every_address_stands_in_the_table_and_every_row_has_one() -> None:
    known = names()
    told = {row.partition(".")[0] for _, row, _ in rows(known)}
    unnamed = {name for name in known if name.startswith("/admin/")}  # Django's redirects to the pages it names
    assert not known - told - unnamed, "stand in no row of tests/access/table.py"
    assert not told - known, "no such address"


def test_studio_and_drafts_are_not_there_for_who_does_not_run_them() -> None:
    """A host of another study is told 404, never 403, so that names do not leak."""
    other = ROLES.index("host2")
    studio = [(row, said[other]) for _, row, said in rows(names()) if row.startswith("studio_") or ".draft" in row]
    assert len(studio) > 20
    assert {said for row, said in studio if row != "studio_new"} == {"404"}
