"""The front page of the desk says what is stuck, how many and where; and that nothing is when nothing is."""

import datetime
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from cohorts.models import Cohort, PartnerApplication
from cohorts.services import partner_applications
from payments.models import Payee, Payout, PayoutBatch, StripeEvent
from payments.services import refunds
from studyplatform.accounts.models import User
from studyplatform.mail.models import Letter
from studyplatform.mail.services import letters
from tests.admin.desk import staff, text
from tests.cohorts.asking import ANSWERS
from tests.payments.money_world import paid_seat, payee_for
from tests.people import enroll, make_cohort, make_person, sign_in

pytestmark = pytest.mark.django_db

ALL = (
    *("kit.view_change", "mail.view_letter", "payments.view_refund", "payments.view_payout"),
    *(
        "payments.view_payee",
        "payments.view_payoutbatch",
        "payments.view_stripeevent",
        "cohorts.view_partner",
        "cohorts.view_cohort",
    ),
)


@pytest.fixture
def desk(db: None) -> Client:
    return sign_in(staff("desk", *ALL, language="en"))


def stuck(browser: Client) -> dict[str, int]:
    return {str(one.words): one.count for one in browser.get(reverse("admin:index")).context["stuck"]}


def write_letter(person: User, key: str, **fields: Any) -> Letter:
    said = {"sentence": key, "at": timezone.now()}
    letter = letters.write(to=person, key=key, template="accounts/notice", context=said)
    assert letter
    Letter.objects.filter(pk=letter.pk).update(**fields)
    return Letter.objects.get(pk=letter.pk)


def make_stuck(cohort: Cohort, stranger: User, n: int) -> None:
    """One of everything that waits for a person."""
    now = timezone.now()
    write_letter(stranger, f"refused-{n}", error="550 no such person", done_at=now)
    write_letter(stranger, f"kept-{n}", error="not sent: expired", done_at=now)
    partner_applications.apply(make_person(f"asks-{n}", "묻는 사람"), **ANSWERS)
    PayoutBatch.objects.create(maker=stranger, currency="KRW")
    make_cohort(cohort.study, minimum=4, minimum_by=now + datetime.timedelta(days=5))
    make_cohort(cohort.study, minimum=4, minimum_by=now + datetime.timedelta(days=9))
    StripeEvent.objects.create(
        event_id=f"evt_{n}", kind="x", object_id="y", raw={}, error="no payment", done_at=now, due_at=now
    )


def test_nothing_is_stuck(desk: Client, cohort: Cohort) -> None:
    assert stuck(desk) == {}
    assert "Nothing waits for you." in text(desk.get(reverse("admin:index")))


def test_what_is_stuck_is_counted_and_led_to(desk: Client, cohort: Cohort, stranger: User) -> None:
    make_stuck(cohort, stranger, 1)
    refund = refunds.owe(paid_seat(make_person("buyer", "산 사람"), cohort), 50_000, "left")
    refunds.begin(refund)
    refunds.fail(refund, "account closed")
    assert stuck(desk) == {
        "Payout batches that wait for a second person": 1,
        "Refunds that failed": 1,
        "Stripe events given up": 1,
        "Letters that did not arrive": 1,
        "People who want to be partners": 1,
        "Cohorts below their minimum, decided within a week": 1,
    }
    for one in desk.get(reverse("admin:index")).context["stuck"]:
        assert desk.get(one.link).context["cl"].result_count == one.count, one.words
        assert one.dated, one.words
    refunds.retry(refund)
    assert "Refunds that failed" not in stuck(desk)


def test_a_list_holds_what_its_number_counts(desk: Client, stranger: User) -> None:
    """Not every payout that was drafted or failed waits for somebody, nor everybody paid through Stripe."""
    old, new, away = (payee_for(make_person(name, name)) for name in ("old", "new", "away"))
    sent = {"amount": 20_000, "currency": "KRW"}
    batch = PayoutBatch.objects.create(maker=stranger, checker=old.person, currency="KRW", state="closed")
    for payee, rest in ((old, {"state": "failed"}), (old, {}), (new, {"state": "failed"}), (away, {"batch": batch})):
        Payout.objects.create(payee=payee, **sent, **rest)
    Payee.objects.filter(pk=away.pk).update(rail="stripe", enabled=False)
    Payee.objects.filter(pk=new.pk).update(rail="stripe", standing="enabled")
    assert stuck(desk) == {
        "Payouts that wait to be put into a batch": 1,
        "Payouts that failed, their money owed again": 1,
        "Payees whose Stripe account is not connected any more": 1,
    }
    for one in desk.get(reverse("admin:index")).context["stuck"]:
        assert desk.get(one.link).context["cl"].result_count == 1, one.words


def test_a_cohort_with_members_enough_is_not_stuck(desk: Client, cohort: Cohort) -> None:
    short = make_cohort(cohort.study, minimum=1, minimum_by=timezone.now() + datetime.timedelta(days=5), amount=0)
    assert len(stuck(desk)) == 1
    enroll(make_person("first", "첫 멤버"), short)
    assert stuck(desk) == {}


def test_who_waits_for_longer_than_a_day_is_seen_at_once(desk: Client) -> None:
    partner_applications.apply(make_person("asks", "묻는 사람"), **ANSWERS)
    (line,) = desk.get(reverse("admin:index")).context["stuck"]
    assert (line.count, line.late) == (1, False)
    PartnerApplication.objects.update(at=timezone.now() - datetime.timedelta(days=2))
    page = desk.get(reverse("admin:index"))
    assert page.context["stuck"][0].late
    assert "desk-late" in text(page)


def test_rows_tried_again_after_an_error_are_counted(desk: Client, stranger: User) -> None:
    later = timezone.now() + datetime.timedelta(hours=1)
    write_letter(stranger, "again", due_at=later, error="421 try later", attempts=2)
    found = stuck(desk)
    assert found["Rows of queues that ran into an error and are tried again"] == 1


def test_late_queues_are_named(desk: Client, stranger: User) -> None:
    write_letter(stranger, "late", due_at=timezone.now() - datetime.timedelta(hours=1))
    assert stuck(desk) == {"Queues that are late": 1}
    late, _, idle = text(desk.get(reverse("admin_queues"))).partition("Nothing is due in these")
    assert "Late." in late
    assert "mail.drain_letters" in late
    assert "mail.drain_letters" not in idle
    assert "cohorts.drain_holds" in idle


def test_only_what_one_may_look_at_is_told(cohort: Cohort, stranger: User) -> None:
    make_stuck(cohort, stranger, 1)
    assert stuck(sign_in(staff("partners-only", "cohorts.view_partner"))).keys() == {"파트너가 되고 싶은 사람"}
    assert stuck(sign_in(staff("nothing"))) == {}


def test_it_costs_the_same_at_any_number(desk: Client, cohort: Cohort, stranger: User) -> None:
    def cost() -> int:
        cache.clear()
        with CaptureQueriesContext(connection) as queries:
            assert desk.get(reverse("admin:index")).status_code == 200
        return len(queries)

    make_stuck(cohort, stranger, 1)
    cost()
    few = cost()
    for n in range(2, 6):
        make_stuck(cohort, stranger, n)
    assert cost() == few <= 63
