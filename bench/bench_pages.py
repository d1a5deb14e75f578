"""What the cache of public pages saves, and what it costs beside an answer that holds nothing."""

from http import HTTPStatus

from django.core.cache import cache
from django.test import Client

from bench.result import Result
from bench.stopwatch import best
from tests.people import make_cohort, make_person, make_study

BARE = "/favicon.ico"  # a redirect: the whole way through the middleware, with no page, cache or row


def measure() -> list[Result]:
    """Compare each public page made anew with the same page out of the cache."""
    study = make_study(make_person("bench-host", "벤치"), slug="bench")
    make_cohort(study)
    pages = {"front": "/", "studies": "/studies/", "landing": "/studies/bench/cohorts/1/"}
    bare = best(lambda: Client().get(BARE))
    found = []
    for name, address in pages.items():
        anew, kept = _times(address)
        found.append(Result(f"pages.{name}.kept", anew / kept, "x", "made anew, against out of the cache"))
        found.append(
            Result(f"pages.{name}.bare", kept / bare, "x", "out of the cache, against an answer without a page")
        )
    return found


def _times(address: str) -> tuple[float, float]:
    """Return how long a page takes made anew, and out of the cache."""
    client = Client()

    def anew() -> None:
        cache.clear()
        client.get(address)

    if client.get(address).status_code != HTTPStatus.OK:
        raise SystemExit(f"{address} is not there to be measured")
    return best(anew), best(lambda: client.get(address))
