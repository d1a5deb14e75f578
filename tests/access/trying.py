"""Trying one address as one role: what is answered, and what was written to the database meanwhile."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.core.cache import cache
from django.db import connection, transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import get_resolver, reverse

from tests.access.addresses import address, body
from tests.access.world import World
from tests.people import sign_in

SESSIONS = "django_session"  # what a visitor typed is kept there, and signing in turns it


def browsers(world: World) -> dict[str, Client]:
    """Return everybody's browser."""
    return {"anonymous": Client(), **{role: sign_in(person) for role, person in world.people.items()}}


@dataclass
class Tried:
    """What was answered ("200", "in" for being sent to sign in, "go" for elsewhere), the tables written, the page."""

    outcome: str
    wrote: set[str]
    page: str


def attempt(world: World, browser: Client, method: str, row: str, typed: dict[str, str] | None = None) -> Tried:
    """Try a row as whoever's browser it is, with other words in fields of its form, and take back what it did."""
    own = Client(raise_request_exception=False)
    own.cookies = browser.cookies.copy()
    cache.clear()  # how often others asked is another test's matter
    with undone():
        target, sent = address(row, world), body(row, world, own) if method == "POST" else {}
        if typed:
            sent["data"] = {**sent.get("data", {}), **typed}
        before = written()
        answer = own.post(target, **sent) if method == "POST" else own.get(target)
        page = b"".join(answer) if answer.streaming else answer.content
        wrote = {table for table, count in written().items() if count != before.get(table, 0)}
        return Tried(outcome(answer), wrote, page.decode(errors="replace"))


def outcome(answer: HttpResponse) -> str:
    """Return an answer's class as the table writes it."""
    if answer.status_code in (301, 302, 303):
        there = answer.headers["Location"].partition("?")[0]
        asked = (reverse("account_login"), reverse("account_signup"), reverse("account_reauthenticate"))
        return "in" if there in asked and "next=" in answer.headers["Location"] else "go"
    return str(answer.status_code)


@contextmanager
def undone() -> Iterator[None]:
    """Take back what is written inside; unlike `atomic`, calls to the outside do not notice it."""
    point = transaction.savepoint()
    try:
        yield
    finally:
        transaction.savepoint_rollback(point)


def written() -> dict[str, int]:
    """Return how many rows this transaction has written so far, by table; PostgreSQL counts them, undone ones too."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname, n_tup_ins + n_tup_upd + n_tup_del FROM pg_stat_xact_user_tables"
            " WHERE n_tup_ins + n_tup_upd + n_tup_del > 0"
        )
        return {name: count for name, count in cursor.fetchall() if name != SESSIONS}


def names() -> set[str]:
    """Return every address of the product by its name; one without a name by its route."""
    return {name or f"/{route}" for name, route in _walk(get_resolver())}


def _walk(resolver: object, namespace: str = "", before: str = "") -> Iterator[tuple[str, str]]:
    for one in resolver.url_patterns:
        route = before + str(one.pattern)
        if hasattr(one, "url_patterns"):
            yield from _walk(one, namespace + (f"{one.namespace}:" if one.namespace else ""), route)
        else:
            yield (f"{namespace}{one.name}" if one.name else ""), route
