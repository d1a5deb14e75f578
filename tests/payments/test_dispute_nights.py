"""Each night what disputes moved at Stripe is compared with our books, and a lost one made up for."""

import pytest

from cohorts.models import Cohort
from payments.models import Difference, Dispute
from payments.services import ledger
from tests.payments.buying import LocalStripe, assert_books_match
from tests.payments.disputing import disputed
from tests.payments.nights import a_night, kinds, paid

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("old_enough")]


@pytest.mark.parametrize("done", [(), ("lose",), ("win",)])
def test_a_night_after_disputes_finds_nothing(own_stripe: LocalStripe, cohort: Cohort, done: tuple[str, ...]) -> None:
    disputed(own_stripe, paid(own_stripe, cohort, "one"), *done)
    disputed(own_stripe, paid(own_stripe, cohort, "two"), *done, amount=40_000)
    a_night()
    assert not Difference.objects.exists()
    assert_books_match(own_stripe, cohort)


def test_one_nobody_told_of_is_made_up_for(own_stripe: LocalStripe, cohort: Cohort) -> None:
    own_stripe.dispute(paid(own_stripe, cohort, "one").intent, "lose")
    a_night()
    assert (kinds("cured"), kinds()) == (["dispute_lost"], [])
    assert Dispute.objects.get().state == "lost"
    assert_books_match(own_stripe, cohort)


def test_what_we_booked_and_stripe_does_not_show_is_found(own_stripe: LocalStripe, cohort: Cohort) -> None:
    disputed(own_stripe, paid(own_stripe, cohort, "one"))
    stripe, bank = ledger.account("stripe", "KRW"), ledger.account("bank", "KRW")
    ledger.post("dispute:txn_nobody_knows:1", {stripe: -1, bank: 1})
    a_night()
    assert kinds() == ["missing"]
