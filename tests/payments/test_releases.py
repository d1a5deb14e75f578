"""After each session its part of the money is shared by the terms frozen with the seat."""

import datetime

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cohorts.models import Cohort, Session, Terms
from payments.models import LedgerAccount, LedgerEntry
from payments.services import ledger, releases
from tests.payments.money_world import everything, owed, paid_members, paid_seat
from tests.people import lead, make_cohort

pytestmark = pytest.mark.django_db
Kind = LedgerAccount.Kind


@pytest.fixture
def first(cohort):
    return cohort.sessions.get(number=1)


def escrow(cohort):
    return -ledger.balance(ledger.account(Kind.ESCROW, cohort.currency, cohort=cohort))


def platform(cohort):
    return -ledger.balance(ledger.account(Kind.PLATFORM, cohort.currency))


def test_one_session_of_four_is_shared_to_platform_partner_and_host(cohort, host, partner, first):
    paid_members(cohort, 2, cohort.subgroups.first())
    releases.release(first)
    # 2 x 150,000 / 4 = 75,000: a tenth to the platform, two tenths to the partner, the rest to the host
    assert (platform(cohort), owed(partner), owed(host)) == (7_500, 15_000, 52_500)
    assert escrow(cohort) == 225_000
    assert everything() == 0


def test_a_second_release_does_nothing(cohort, host, stranger, first):
    paid_members(cohort, 1)
    releases.release(first)
    paid_seat(stranger, cohort)  # whose money is for the three sessions still to come
    releases.release(first)
    assert owed(host) == 33_750


def test_after_the_last_session_nothing_is_left_behind(cohort, host, partner):
    """I-20: the parts of all sessions sum to what was there."""
    paid_members(cohort, 3, cohort.subgroups.first(), fee=5_251)
    for session in cohort.sessions.filter(subgroup=None):
        releases.release(session)
    assert escrow(cohort) == 0
    assert platform(cohort) + owed(partner) + owed(host) == 3 * (150_000 - 5_251)
    assert everything() == 0


def test_without_a_partner_the_share_is_the_hosts(cohort, host, partner, first):
    paid_members(cohort, 1, cohort.subgroups.last())
    releases.release(first)
    assert (owed(partner), owed(host)) == (0, 33_750)


def test_terms_are_those_of_the_seat(cohort, host, first):
    paid_members(cohort, 1)
    Terms.objects.create(cohort=cohort, version=2, platform_share=5_000, partner_share=0)
    releases.release(first)
    assert platform(cohort) == 3_750


def test_a_cancelled_sessions_part_goes_to_the_others(cohort, host):
    paid_members(cohort, 1)
    cohort.sessions.filter(number=2).update(state=Session.State.CANCELLED)
    for number in (1, 3, 4):
        releases.release(cohort.sessions.get(number=number))
    assert escrow(cohort) == 0


def test_due_are_sessions_that_are_over(cohort, first):
    assert first not in releases.due()
    Session.objects.filter(pk=first.pk).update(starts_at=timezone.now() - datetime.timedelta(minutes=89))
    assert first not in releases.due()
    Session.objects.filter(pk=first.pk).update(starts_at=timezone.now() - datetime.timedelta(minutes=91))
    assert first in releases.due()
    releases.release(first)
    assert first not in releases.due()


@pytest.mark.parametrize("seats", [3, 60])
def test_sharing_a_session_costs_the_same_at_any_number_of_seats(study, partner, seats):
    cohort = make_cohort(study, capacity=2 * seats)
    lead(partner, cohort.subgroups.first())
    paid_members(cohort, seats, cohort.subgroups.first())
    releases.release(cohort.sessions.get(number=1))  # accounts are made on first use
    with CaptureQueriesContext(connection) as seen:
        releases.release(cohort.sessions.get(number=2))
    assert len(seen) <= 22
    assert everything() == 0


@pytest.mark.parametrize(
    ("gone", "state", "share"), [(Cohort, "called_off", 0), (Session, "cancelled", 0), (Session, "planned", 33_750)]
)
def test_what_was_called_off_since_it_was_found_is_not_shared(cohort, host, first, gone, state, share):
    paid_members(cohort, 1)
    gone.objects.filter(pk=first.pk if gone is Session else cohort.pk).update(state=state)
    releases.release(first)
    assert owed(host) == share


@pytest.mark.parametrize("amounts", [{"KRW": 5}, {"KRW": 5, "USD": -5}])
def test_what_does_not_sum_to_zero_in_each_currency_is_not_begun(cohort, amounts):
    """I-24: the verbs say which booking it is, before PostgreSQL refuses the whole transaction."""
    wrong = {ledger.account(Kind.STRIPE, currency): amount for currency, amount in amounts.items()}
    right = {ledger.account(Kind.STRIPE, "KRW"): 5, ledger.account(Kind.PLATFORM, "KRW"): -5}
    with pytest.raises(ledger.Unbalanced, match="wrong"):
        ledger.post("wrong", wrong)
    with pytest.raises(ledger.Unbalanced, match="wrong"):
        ledger.post_all([ledger.Posting("right", right), ledger.Posting("wrong", wrong)])
    assert not ledger.booked("right")
    ledger.post_all([ledger.Posting("right", right)])
    assert ledger.booked("right")


def lopsided(cohort):
    account = ledger.account(Kind.ESCROW, "KRW", cohort=cohort)
    with transaction.atomic():
        LedgerEntry.objects.create(transaction=ledger.post("empty", {}), account=account, amount=5)
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_the_database_refuses_a_lopsided_transaction(cohort):
    """I-24."""
    with pytest.raises(DatabaseError, match="sum to zero"):
        lopsided(cohort)


def test_the_database_refuses_to_change_history(cohort):
    """I-24."""
    paid_members(cohort, 1)
    entry = LedgerEntry.objects.first()
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        LedgerEntry.objects.filter(pk=entry.pk).update(amount=1)
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        entry.delete()
