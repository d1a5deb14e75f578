"""Buyers ask their banks for the money back: banks ask, take, decide and think again, whatever we do meanwhile."""

import contextlib
from typing import Any

import stripe as library
from django.utils import timezone
from hypothesis import strategies as st
from hypothesis.stateful import rule

from payments.models import Refund
from payments.services import refunds
from payments.tasks import find_disputes
from studyplatform.demo.stripe.objects.disputes import OPEN_TO
from tests.payments.histories.life import DIES_AT, WHICH, Life

ENDS = st.sampled_from(["win", "lose"])
DECIDED = ("won", "lost", "warning_closed")
LEFT_ALONE = ("won", "warning_closed")  # nothing is with the bank


class Disputes(Life):
    """What banks do, and what the desk does about it."""

    def __init__(self) -> None:
        super().__init__()
        self.opened: dict[str, str] = {}  # dispute: how it ends if nobody decides before

    @rule(which=WHICH, part=st.sampled_from([None, None, 1, 5_000]), inquiry=st.booleans(), last=ENDS)
    def a_bank_is_asked(self, which: int, part: int | None, inquiry: bool, last: str) -> None:
        """A buyer disputes what is left of a payment, or a part of it, whether we know of the payment or not."""
        with contextlib.suppress(library.StripeError):
            intent = self.one_of(which, self._paid_there())
            left = self._left(intent) if intent else 0
            if left and all(one.status in DECIDED for one in self._of(intent)):
                dispute = self.stripe.dispute(intent, amount=min(part or left, left), inquiry=inquiry)
                self.opened[dispute] = last

    @rule(which=WHICH, how=st.integers(0, 5))
    def a_bank_decides(self, which: int, how: int) -> None:
        """Somebody answers, or the bank takes the money after all, decides, thinks again."""
        dispute = self.one_of(which, self.opened)
        with contextlib.suppress(library.StripeError):
            may = self._may(dispute) if dispute else []
            if may:
                self.stripe.decide(dispute, may[how % len(may)])

    @rule(dies_at=DIES_AT)
    def an_hour_passes(self, dies_at: int | None) -> None:
        with self.living(dies_at):
            find_disputes()

    @rule(which=WHICH, dies_at=DIES_AT)
    def sent_by_hand(self, which: int, dies_at: int | None) -> None:
        """The desk sends from the bank what cannot go back through Stripe, whatever somebody does in its pages."""
        waiting = Refund.objects.filter(state="manual", reference=None) | Refund.objects.filter(state="failed")
        row = self.one_of(which, waiting.order_by("pk"))
        if row:
            with self.living(dies_at):
                row = row if row.state == Refund.State.MANUAL else refunds.by_hand(row, self.world.host)
                refunds.sent_by_hand(row, self.world.host, on=timezone.localdate(), reference=str(row.pk))

    def all_decided(self) -> None:
        """What no bank has decided yet is decided now; an inquiry about money that went back is dropped."""
        for dispute, last in self.opened.items():
            for what in ("escalate", "lose", "win") if last == "lose" else ("win",):
                standing = self.api.v1.disputes.retrieve(dispute).status
                if standing not in DECIDED and what in self._may(dispute):
                    self.stripe.decide(dispute, what)

    def _may(self, dispute: str) -> list[str]:
        """Return what may happen to a dispute: nobody is given more than they paid."""
        found = self.api.v1.disputes.retrieve(dispute)
        may = list(OPEN_TO.get(found.status, ()))
        if "escalate" in may and self._left(str(found.payment_intent), dispute) < found.amount:
            may.remove("escalate")
        return may

    def _paid_there(self) -> list[str]:
        begun = self.payments().exclude(reference=None)
        pages = [self.api.v1.checkout.sessions.retrieve(one.reference) for one in begun]
        return [str(page.payment_intent) for page in pages if page.payment_status == "paid"]

    def _of(self, intent: str) -> list[Any]:
        return list(self.api.v1.disputes.list(params={"payment_intent": intent, "limit": 100}).data)

    def _left(self, intent: str, but: str = "") -> int:
        """Return what of a payment neither went back nor is with a bank."""
        charge = self.api.v1.charges.list(params={"payment_intent": intent}).data[0]
        taken = sum(one.amount for one in self._of(intent) if one.status not in LEFT_ALONE and one.id != but)
        return charge.amount - charge.amount_refunded - taken
