"""Of what sessions bring a host a part is held back, by the terms each seat was sold with, until its time comes."""

import datetime

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from cohorts.models import Cohort, Terms
from cohorts.services import terms
from payments.models import Payout
from payments.services import ledger, payouts, refunds, releases, reserves
from studyplatform.accounts.models import User
from tests.payments.money_world import Kind, everything, owed, paid_members, paid_seat, payee_for
from tests.people import make_cohort, make_person, make_study, sign_in

pytestmark = pytest.mark.django_db


def hold(cohort: Cohort, admin: User, reserve: int, days: int) -> None:
    terms.agree_anew(admin, cohort, platform_share=1_000, partner_share=2_000, reserve=reserve, reserve_days=days)


def held(person: User, currency: str = "KRW") -> int:
    return reserves.held([person.pk]).get((person.pk, currency), 0)


def test_a_fifth_waits_its_days_and_is_paid_by_a_later_run(
    cohort: Cohort, host: User, partner: User, admin: User
) -> None:
    hold(cohort, admin, 2_000, 14)
    paid_members(cohort, 2, cohort.subgroups.first())
    for person in (host, partner):
        payee_for(person)
    releases.release(cohort.sessions.get(number=1))
    assert (owed(host), held(host), held(partner)) == (52_500, 10_500, 0)  # partners' parts are not held back
    payouts.run()
    assert {row.payee.person: row.amount for row in Payout.objects.all()} == {host: 42_000, partner: 15_000}
    assert (owed(host), payouts.run()) == (10_500, 0)
    with time_machine.travel(timezone.now() + datetime.timedelta(days=14)):
        assert held(host) == 0
        assert payouts.run() == 1
    assert Payout.objects.latest("pk").amount == 10_500
    assert everything() == 0


def test_until_the_cohort_ends(cohort: Cohort, host: User, admin: User) -> None:
    hold(cohort, admin, 10_000, 0)
    paid_members(cohort, 2)
    payee_for(host)
    for session in cohort.sessions.all():
        releases.release(session)
    with time_machine.travel(timezone.now() + datetime.timedelta(days=400)):
        assert payouts.run() == 0
        Cohort.objects.update(state=Cohort.State.FINISHED)
        assert payouts.run() == 1
    assert Payout.objects.get().amount == 270_000


def test_seats_keep_the_reserve_they_were_sold_with(cohort: Cohort, host: User, admin: User) -> None:
    before = paid_members(cohort, 1)[0]
    hold(cohort, admin, 5_000, 30)
    later = paid_seat(make_person("later", "늦은 사람"), cohort)
    releases.release(cohort.sessions.get(number=1))
    assert (before.enrollment.terms.reserve, later.enrollment.terms.reserve) == (0, 5_000)
    assert held(host) == 16_875  # half of one seat's 33,750


@pytest.mark.parametrize(
    ("currency", "price", "back"), [("KRW", 150_000, 6_750), ("USD", 4_900, 220), ("JPY", 9_800, 441)]
)
def test_it_is_exact_in_every_currency(host: User, admin: User, currency: str, price: int, back: int) -> None:
    cohort = make_cohort(make_study(host, slug="x"), currency=currency, amount=price)
    hold(cohort, admin, 2_000, 7)
    paid_members(cohort, 1)
    releases.release(cohort.sessions.get(number=1))
    assert held(host, currency) == back


def test_a_refund_takes_from_what_is_held_back_before_a_debt_is_made(cohort: Cohort, host: User, admin: User) -> None:
    """What the reserve is for: without it the payout would have gone, and the host would owe."""
    hold(cohort, admin, 10_000, 30)
    lines = paid_members(cohort, 1, fee=5_000)
    payee_for(host)
    releases.release(cohort.sessions.get(number=1))
    assert payouts.run() == 0
    refunds.owe(lines[0], 150_000, "left")
    assert -10_000 < owed(host) < 0  # the fee and what the platform kept
    assert everything() == 0


def test_a_debt_is_carried_over_and_paid_from_what_comes(cohort: Cohort, host: User) -> None:
    payee_for(host)
    bank, owes = ledger.account(Kind.BANK, "KRW"), ledger.payable(host.pk, "KRW")
    ledger.post("taken", {bank: -30_000, owes: 30_000})
    paid_members(cohort, 2)
    releases.release(cohort.sessions.get(number=1))  # 67,500
    assert payouts.run() == 1
    assert Payout.objects.get().amount == 37_500
    ledger.post("taken again", {bank: -30_000, owes: 30_000})
    assert payouts.run() == 0
    assert owed(host) == -30_000
    page = sign_in(host).get(reverse("earnings")).content.decode()
    assert "−30,000원" in page


def test_the_money_page_says_what_is_held_back_and_why_nothing_is_paid(cohort: Cohort, host: User, admin: User) -> None:
    host.language = "en"
    host.save()
    hold(cohort, admin, 9_000, 14)
    paid_members(cohort, 2)
    payee_for(host)
    releases.release(cohort.sessions.get(number=1))
    page = sign_in(host).get(reverse("earnings")).content.decode()
    assert "₩60,750 of it is held back" in page
    assert "waits until what is held back comes free" in page
    assert payouts.run() == 0


def test_every_later_version_keeps_the_reserve_and_the_desk_sets_it(cohort: Cohort, host: User, admin: User) -> None:
    hold(cohort, admin, 2_000, 14)
    terms.agree_anew(admin, cohort, platform_share=1_500, partner_share=2_000)
    newest = cohort.terms.latest("version")
    assert (newest.platform_share, newest.reserve, newest.reserve_days) == (1_500, 2_000, 14)
    desk, url = sign_in(admin), reverse("admin:cohorts_cohort_changelist")
    said = {"platform": "15", "partner": "20", "reserve": "12.5", "reserve_days": "0"}
    chosen = {"action": "new_terms", "_selected_action": [cohort.pk]}
    page = desk.post(url, {**chosen, **said, "apply": "1"}).content.decode()
    assert "12.5" in page
    desk.post(url, {**chosen, **said, "apply": "1", "sure": "1"})
    newest = cohort.terms.latest("version")
    assert (newest.reserve, newest.reserve_days) == (1_250, 0)


def test_nothing_more_than_the_whole_is_held_back(cohort: Cohort) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Terms.objects.create(cohort=cohort, version=9, platform_share=0, partner_share=0, reserve=10_001)


def test_what_is_held_back_costs_one_query(cohort: Cohort, host: User, admin: User) -> None:
    hold(cohort, admin, 2_000, 14)
    paid_members(cohort, 3)
    for session in cohort.sessions.all():
        releases.release(session)
    with CaptureQueriesContext(connection) as seen:
        assert held(host)
    assert len(seen) == 1
