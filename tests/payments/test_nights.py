"""A night's comparing: one row per difference however often, killed, twice at once, never by halves."""

import datetime
import threading
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from cohorts.models import Cohort
from payments import gateway, statement
from payments.flows import cures, reconciling
from payments.models import (
    Difference,
    LedgerTransaction,
    Payment,
    Reconciliation,
    StripeMovement,
)
from payments.services import differences, reconciliations
from payments.tasks import reconcile
from studyplatform.accounts.models import User
from studyplatform.kit import queue
from studyplatform.kit.errors import Refused
from studyplatform.kit.models import Change
from tests.payments.buying import LocalStripe, begin
from tests.payments.nights import (
    a_night,
    a_strange_one,
    compared_again,
    kinds,
    paid,
    went_through,
)
from tests.payments.test_crash import DRAIN, killed
from tests.people import make_person, sign_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("old_enough")]


def test_the_same_difference_is_one_row_however_often_it_is_seen(own_stripe: LocalStripe) -> None:
    a_strange_one(own_stripe)
    a_night()
    first = Difference.objects.get()
    a_night()
    a_night()
    again = Difference.objects.get()
    assert (again.pk, again.first_seen, again.state) == (first.pk, first.first_seen, "open")
    assert again.last_seen > first.last_seen
    assert StripeMovement.objects.count() == 1


def test_the_same_night_twice_is_one(own_stripe: LocalStripe) -> None:
    reconcile()
    reconcile()
    queue.drain("payments.drain_reconciliations")
    reconcile()
    assert Reconciliation.objects.count() == 1


def test_a_difference_that_is_gone_closes_itself_and_comes_back_when_it_does(
    own_stripe: LocalStripe, cohort: Cohort
) -> None:
    """However long ago what it is about has happened, and with nobody doing anything to the difference."""
    payment = paid(own_stripe, cohort, "buyer")
    a_night()
    Payment.objects.update(intent="pi_nobody")
    compared_again()
    Difference.objects.update(at=timezone.now() - datetime.timedelta(days=400))
    a_night()
    assert kinds() == ["missing", "payment_twice"]
    Payment.objects.update(intent=payment.intent)
    a_night()
    assert (kinds(), kinds("cured")) == ([], ["missing", "payment_twice"])
    Payment.objects.update(intent="pi_nobody")
    compared_again()
    assert kinds() == ["missing", "payment_twice"]
    steps = Change.objects.filter(
        subject_id=Difference.objects.get(kind="missing").pk, subject_type="payments.difference"
    )
    assert list(steps.order_by("pk").values_list("to_state", flat=True)) == ["open", "cured", "open"]


def test_what_was_explained_stays_so_until_its_amounts_change(own_stripe: LocalStripe, admin: User) -> None:
    a_strange_one(own_stripe)
    a_night()
    differences.explain(Difference.objects.get(), admin, "the monthly fee")
    a_night()
    assert kinds("explained") == ["unknown"]
    StripeMovement.objects.update(amount=-2_200)
    reconciliations.look_again(Difference.objects.get())
    row = Difference.objects.get()
    assert (row.state, row.theirs) == ("open", -2_200)


def test_what_cannot_be_cured_now_stays_and_does_not_stop_the_others(own_stripe: LocalStripe, cohort: Cohort) -> None:
    payment = begin(sign_in(make_person("buyer", "buyer")), cohort)
    own_stripe.pay(str(payment.reference))
    Payment.objects.filter(pk=payment.pk).update(amount=140_000)  # asked for another amount than was paid
    own_stripe.ask("POST", "move", kind="payout", amount=-1, currency="KRW", source="po_1")
    a_night()
    assert (kinds(), kinds("cured")) == (["payment_lost"], ["to_bank"])
    with pytest.raises(Refused):
        cures.ask(Difference.objects.get(state="open"))


# ── Killed, twice at once ─────────────────────────────────────────────────────
def test_stripe_silent_in_the_middle_goes_on_where_it_was(own_stripe: LocalStripe, monkeypatch: Any) -> None:
    monkeypatch.setattr(statement, "PAGE", 2)
    monkeypatch.setattr(reconciling, "KEPT", 2)
    for _ in range(5):
        a_strange_one(own_stripe)
    reconcile()
    asked: list[str] = []
    real = statement.movements

    def third_fails(since: Any, until: Any, after: str = "") -> Any:
        asked.append(after)
        if len(asked) == 3:
            raise gateway.NoAnswer("silent")
        return real(since, until, after)

    monkeypatch.setattr(statement, "movements", third_fails)
    queue.drain("payments.drain_reconciliations")
    assert StripeMovement.objects.count() == 4
    Reconciliation.objects.update(due_at=timezone.now())
    queue.drain("payments.drain_reconciliations")
    assert len(asked) == 4  # the two pages before were not asked for again
    assert StripeMovement.objects.count() == len(kinds()) == 5


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_find_each_difference_once(own_stripe: LocalStripe) -> None:
    for _ in range(5):
        a_strange_one(own_stripe)
    reconcile()

    def work() -> None:
        queue.drain("payments.drain_reconciliations")
        connection.close()

    workers = [threading.Thread(target=work) for _ in range(2)]
    [one.start() for one in workers]
    [one.join() for one in workers]
    assert kinds() == ["unknown"] * 5
    births = Change.objects.filter(subject_type="payments.difference", from_state="", to_state="open")
    assert births.count() == 5


def test_who_lost_the_claim_writes_nothing(own_stripe: LocalStripe) -> None:
    a_strange_one(own_stripe)
    run = reconciliations.begin()
    assert not reconciliations.advance(Reconciliation(pk=run.pk, claim_token="0" * 32), "", ())  # type: ignore[misc]
    run.refresh_from_db()
    assert run.step == "fetch"


def test_only_so_much_is_compared_at_once_and_all_of_it(own_stripe: LocalStripe, monkeypatch: Any) -> None:
    monkeypatch.setattr(reconciliations, "SIZE", 2)
    monkeypatch.setattr(reconciliations, "FEW", 2)
    for _ in range(7):
        a_strange_one(own_stripe)
    StripeMovement.objects.update(at=timezone.now())
    a_night()
    assert len(kinds()) == 7
    a_night()
    assert len(kinds()) == 7


def test_what_is_too_young_is_left_for_its_webhook(own_stripe: LocalStripe, cohort: Cohort, monkeypatch: Any) -> None:
    monkeypatch.setattr(reconciliations, "SETTLING", datetime.timedelta(hours=1))
    payment = begin(sign_in(make_person("buyer", "buyer")), cohort)
    own_stripe.pay(str(payment.reference))
    a_night()
    assert not StripeMovement.objects.exists()
    payment.refresh_from_db()
    assert payment.state == "open"


def test_a_booking_is_never_changed(own_stripe: LocalStripe, cohort: Cohort, admin: User) -> None:
    paid(own_stripe, cohort, "buyer")
    a_strange_one(own_stripe)
    before = list(LedgerTransaction.objects.order_by("pk").values_list("pk", "cause"))
    a_night()
    differences.carry(Difference.objects.get(), admin, "the monthly fee")
    after = list(LedgerTransaction.objects.order_by("pk").values_list("pk", "cause"))
    assert after[: len(before)] == before
    assert [cause.partition(":")[0] for _pk, cause in after[len(before) :]] == ["stripe"]


@pytest.mark.django_db(transaction=True)
def test_killed_in_the_middle_it_goes_on_and_finds_each_once(own_stripe: LocalStripe) -> None:
    """kill -9 with the first five pages written and the sixth asked for."""
    own_stripe.ask("POST", "clock", advance=-7_200)
    for _ in range(550):
        a_strange_one(own_stripe)
    own_stripe.ask("POST", "clock", advance=7_200)
    reconcile()
    own_stripe.fault("GET /v1/balance_transactions", "slow", times=7, seconds=0.5)
    with killed(DRAIN.format(name="drain_reconciliations"), when=lambda: StripeMovement.objects.count() == 500):
        pass
    own_stripe.clear()
    run = Reconciliation.objects.get()
    assert (run.step, bool(run.cursor), StripeMovement.objects.count()) == ("fetch", True, 500)
    Reconciliation.objects.update(due_at=timezone.now())  # the lease has ended
    went_through()
    assert kinds() == ["unknown"] * 550
