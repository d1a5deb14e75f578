"""What the cache of public pages saves."""

from http import HTTPStatus

from django.core.cache import cache
from django.test import Client

from bench.stopwatch import best
from tests.people import make_cohort, make_person, make_study


def measure() -> dict[str, float]:
    """Compare each public page made anew with the same page out of the cache."""
    study = make_study(make_person("bench-host", "벤치"), slug="bench")
    make_cohort(study)
    pages = {"front page": "/", "studies": "/studies/", "landing page": "/studies/bench/cohorts/1/"}
    return {f"{name}: made anew against out of the cache": _ratio(address) for name, address in pages.items()}


def _ratio(address: str) -> float:
    client = Client()

    def anew() -> None:
        cache.clear()
        client.get(address)

    if client.get(address).status_code != HTTPStatus.OK:
        raise SystemExit(f"{address} is not there to be measured")
    first = best(anew)
    return first / best(lambda: client.get(address))
