"""What tests of companies do: have a host sell to them, ask for a quote, accept it, pay, name people."""

from typing import Any

from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from cohorts.models import Cohort, SeatGroup
from payments.models import Payment
from studyplatform.accounts.models import User
from tests.payments.buying import LocalStripe, return_url
from tests.people import sign_in

ASKED = {
    "company": "한빛상회",
    "business_number": "124-81-00998",
    "contact": "Daniel Cho",
    "contact_email": "books@hanbit.example",
    "size": "3",
    "language": "en",
}
PLAN = {"on": "on", "reduction": "10", "reduction_from": "3", "quote_days": "14", "invoice_days": "0"}


def plan_url(cohort: Cohort) -> str:
    return reverse("studio_seat_groups", args=[cohort.study.slug, cohort.number])


def new_url(cohort: Cohort) -> str:
    return reverse("seat_group_new", args=[cohort.study.slug, cohort.number])


def at(name: str, group: SeatGroup, *more: object) -> str:
    return reverse(name, args=[group.public_id, *more])


def sell(host: User, cohort: Cohort, **more: Any) -> HttpResponse:
    """The host lets companies buy: 10 % off from three seats on."""
    return sign_in(host).post(plan_url(cohort), {**PLAN, **more})


def ask(browser: Client, cohort: Cohort, **more: Any) -> HttpResponse:
    return browser.post(new_url(cohort), {**ASKED, **more})


def quoted(browser: Client, cohort: Cohort, **more: Any) -> SeatGroup:
    answer = ask(browser, cohort, **more)
    assert answer.status_code == 302, answer.content.decode()
    return SeatGroup.objects.latest("pk")


def accept(browser: Client, group: SeatGroup) -> Payment:
    """Accept a quote and be sent to the hosted page."""
    answer = browser.post(at("seat_group_accept", group))
    assert answer.status_code == 303, answer.headers
    return Payment.objects.get(address=answer.url)


def bought(browser: Client, cohort: Cohort, stripe: LocalStripe, **more: Any) -> SeatGroup:
    """Ask, accept and pay."""
    group = quoted(browser, cohort, **more)
    payment = accept(browser, group)
    stripe.pay(payment.reference or "")
    browser.get(return_url(payment))
    group.refresh_from_db()
    assert group.state == "paid"
    return group


def sit(person: User, token: str, **more: Any) -> HttpResponse:
    """Open the link, and take the seat."""
    return sign_in(person).post(reverse("group_seat", args=[token]), {"terms": "on", **more})
