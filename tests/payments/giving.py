"""What tests of giving a seat do: offer it, read the letter, take it."""

import re
from typing import Any

from django.test import Client
from django.urls import reverse

from cohorts.models import Enrollment, SeatGift
from payments.services import leaving
from studyplatform.accounts.models import User
from studyplatform.mail.models import Letter
from tests.payments.buying import drain, hurry
from tests.people import sign_in

FRIEND = "friend@example.com"


def address(place: Enrollment) -> str:
    return reverse("give", args=[place.cohort.study.slug, place.cohort.number])


def offer(place: Enrollment, email: str = FRIEND, **more: Any) -> Any:
    """Press "Offer my seat"."""
    return sign_in(place.person).post(address(place), {"name": "지우", "email": email, **more})


def offered(place: Enrollment, email: str = FRIEND) -> SeatGift:
    """Offer a seat, and return the offer."""
    assert offer(place, email).status_code == 302
    return SeatGift.objects.get(enrollment=place, state="pending")


def take_back(place: Enrollment) -> Any:
    return sign_in(place.person).post(address(place), {"take_back": "1"})


def answer(gift: SeatGift, person: User | None, yes: bool = True) -> Any:
    """Say yes or no on the page the letter leads to."""
    browser = sign_in(person) if person else Client()
    said = {"answer": "yes", "terms": "on"} if yes else {"answer": "no"}
    return browser.post(gift.get_absolute_url(), said)


def here(person: User, place: Enrollment) -> Enrollment | None:
    """The seat somebody has in the cohort of a place."""
    return Enrollment.objects.filter(person=person, cohort=place.cohort, state__in=Enrollment.SEATED).first()


def plain(page: Any) -> str:
    """The words of a page, as they are read."""
    return " ".join(re.sub(r"<[^>]+>", " ", page.content.decode()).split())


def letter(template: str) -> Letter:
    return Letter.objects.get(key__contains=f"{template}:")


def leave_soon(place: Enrollment) -> None:
    """Leave a seat for what its rule gives back now, and let the money go."""
    leaving.leave(place.person, place, seen=leaving.quote(place).amount)
    hurry()
    drain()
