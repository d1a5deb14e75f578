"""What a host types into the studio, and who must not get in."""

import datetime
from collections.abc import Iterable
from typing import Any

from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cohorts.models import Cohort
from studyplatform.accounts.models import User
from tests.people import sign_in

STUDY = {
    "title": "Weekend walks",
    "promise": "Six weeks of walking our streets, and a page each on what we saw.",
    "for_whom": "You have given up walking alone\nYou want to see your streets anew",
    "not_for": "You want to run",
    "host_words": "I have walked here for nineteen years.",
    "language": "en",
    "wording": "club",
    "field": "automation",
    "slug": "",
}


def at(days: int) -> str:
    """Return the day that many days from now, as forms send it."""
    return (timezone.localdate() + datetime.timedelta(days=days)).isoformat()


def plan(**changed: Any) -> dict[str, Any]:
    """Return what a host types for a small cohort that begins in three weeks."""
    return {
        "starts_on": at(21),
        "meets_at": "20:00",
        "zone": "Asia/Seoul",
        "minutes": "90",
        "weeks": "4",
        "turns_per_session": "4",
        "posts_needed": "2",
        "link": "https://meet.example.com/walks",
        "capacity": "8",
        "minimum": "5",
        "minimum_by": at(18),
        "closes_on": at(20),
        "price": "30,000",
        "currency": "KRW",
        "policy": "remaining_sessions",
        "partner_share": "20",
        **changed,
    }


def english(person: User) -> Client:
    """Return a browser signed in as the person, who reads English."""
    person.language = "en"
    person.save(update_fields=["language"])
    return sign_in(person)


def studio(name: str, cohort: Cohort, *more: Any) -> str:
    """Return an address of the studio about a cohort."""
    return reverse(f"studio_{name}", args=[cohort.study.slug, cohort.number, *more])


def text(answer: HttpResponse) -> str:
    """Return a page as text."""
    return answer.content.decode()


def shut_out(address: str, people: Iterable[User], data: dict[str, Any] | None = None, *, get: bool = True) -> None:
    """Assert that none of these people finds anything there, and a visitor is asked to sign in."""
    for person in people:
        browser = sign_in(person)
        assert not get or browser.get(address).status_code == 404, person
        assert browser.post(address, data or {}).status_code in (404, 405), person
    answer = Client().post(address, data or {})
    assert (answer.status_code, answer.headers.get("Location", "").split("?")[0]) in [
        (302, reverse("account_login")),
        (405, ""),
    ]
