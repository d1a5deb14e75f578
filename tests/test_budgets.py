"""Promise 6: no page's queries grow with its data; what everybody sees costs three at most, and then none."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.access.addresses import address
from tests.access.growth import grow
from tests.access.table import rows
from tests.access.trying import browsers, names, undone
from tests.access.world import ROLES, World, build
from tests.payments.conftest import local_stripe, stripe  # noqa: F401

pytestmark = pytest.mark.django_db

READERS = ("anonymous", "member", "host", "partner", "admin")  # whose page is measured, the first who gets it
MOST_FOR_EVERYBODY = 3
KEPT = {  # the same bytes for everybody
    *("front", "studies", "how_it_works", "terms", "privacy", "refund_policy", "house_rules", "help", "showcase"),
    *("api_docs", "openapi", "partners", "partner_terms"),
    *(
        "study",
        "cohort",
        "person",
        "case_study.public",
        "feed",
        "showcase_feed",
        "sitemap",
        "sitemap_section",
        "robots",
    ),
    *("offline", "service_worker", "manifest"),
    *("banner", "social_case.public", "social_site", "social_study", "case_short.public"),
}
NOT_KEPT = {
    *("partner_invitation", "seat_gift"),  # for whoever has its letter
    *("media", "picture.public", "stop_letters", "calendar_feed", "join", "join.free", "seats_fragment"),
    *("seat_group_new", "group_seat"),  # what one has typed; whoever has the link
    "waiting.full",  # one's own place in line
    "follow",  # whether one is told
    "scholarship",  # how one's question stands
    "comments.public",  # the form, and who may take what away, are the reader's
    *("demo", "demo_bar"),  # the demo alone
}
API = {  # kept outside for a minute; three queries at most (tests/api/test_reading.py)
    *("api_studies", "api_study", "api_cohorts", "api_study_cohorts", "api_cohort", "api_subgroups", "api_sessions"),
    *("api_case_studies", "api_case_study.public"),
}


@pytest.fixture
def world(stripe: Any, settings: Any, tmp_path: Any) -> World:  # noqa: F811
    settings.MEDIA_ROOT = tmp_path
    made = build()
    grow(made, 0, 2)
    return made


def pages() -> Iterator[tuple[str, str]]:
    """Yield every page there is with whose it is."""
    for method, row, outcomes in rows(names()):
        got = dict(zip(ROLES, outcomes, strict=True))
        reader = next((role for role in READERS if got[role] == "200"), None)
        if method == "GET" and reader and not row.startswith(("account_", "socialaccount_", "/")):
            yield row, reader


def cost(browser: Client, target: str) -> int:
    """Return how many queries a page takes when no cache has it."""
    cache.clear()
    with (
        undone(),
        CaptureQueriesContext(
            connection,
        ) as queries,
    ):
        answer = browser.get(target)
    assert answer.status_code == 200, (target, answer.status_code)
    return len(queries)


def costs(world: World) -> dict[str, int]:
    known = browsers(world)
    return {f"{row} as {reader}": cost(known[reader], address(row, world)) for row, reader in pages()}


def test_no_page_asks_more_when_there_is_more(world: World) -> None:
    costs(world)  # what a process learns once is not the page's
    few = costs(world)
    grow(world, 2, 9)
    many = costs(world)
    grown = [f"{page}: {few[page]} queries, {many[page]} with more rows" for page in few if many[page] > few[page]]
    assert not grown, "\n".join(grown)


def test_what_everybody_sees_costs_little_and_then_nothing(world: World) -> None:
    dear = []
    for row in sorted(KEPT - {"case_short.public"}):
        target = address(row, world)
        first = cost(Client(), target)
        Client().get(target)
        with CaptureQueriesContext(connection) as again:
            Client().get(target)
        if first > MOST_FOR_EVERYBODY or len(again):
            dear.append(f"{row}: {first} queries, {len(again)} when kept")
    assert not dear, "\n".join(dear)


def test_what_everybody_sees_is_the_same_for_everybody(world: World) -> None:
    visitor, member = Client(), browsers(world)["member"]
    member.cookies["signed_in"] = "1"
    for row in sorted(KEPT - {"case_short.public"}):
        target = address(row, world)
        cache.clear()
        known = member.get(target, headers={"accept-language": "en"})
        cache.clear()
        unknown = visitor.get(target, headers={"accept-language": "ko"})
        assert known.content == unknown.content, row
        for answer in (known, unknown):
            assert not answer.cookies, row
            assert "cookie" not in answer.headers.get("Vary", "").lower(), row
            assert "public" in answer.headers["Cache-Control"], row
            assert b"csrfmiddlewaretoken" not in answer.content, row
            assert b"member@example.com" not in answer.content, row


def test_every_page_for_everybody_is_kept_or_says_why_not() -> None:
    open_to_all = {
        row
        for method, row, outcomes in rows(names())
        if method == "GET" and set(outcomes) == {"200"} and not row.startswith(("account_", "socialaccount_"))
    }
    assert open_to_all - {"cover.public"} == (KEPT - {"case_short.public"}) | NOT_KEPT | API
