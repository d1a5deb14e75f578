"""What may happen to a cohort's money, in any order, with the process dying anywhere and Stripe at its worst."""

import contextlib
import datetime

import stripe as library
from django.utils import timezone
from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule

from cohorts.services import cohorts, waiting
from payments.flows import checkout
from payments.services import kindness, leaving, payouts
from studyplatform.kit import queue
from tests.payments.buying import hurry, run_out
from tests.payments.histories import laws
from tests.payments.histories.deposits import MORE, Deposits
from tests.payments.histories.disputes import Disputes
from tests.payments.histories.life import DIES_AT, QUEUES, WHICH, WHO, Life
from tests.payments.histories.moves import Moves
from tests.payments.histories.world import WON

CARDS = st.sampled_from([
    "4242424242424242", "4000000000000077", "4000000000000002", "4000000000005126", "4000000000007726",
])  # fmt: skip
FAULTS = ("500", "500_after", "503", "409", "429", "timeout_before", "timeout_after")
CALLS = (
    "POST /v1/checkout/sessions", "GET /v1/checkout/sessions/*", "POST /v1/checkout/sessions/*/expire",
    "POST /v1/refunds", "GET /v1/refunds*", "POST /v1/transfers", "GET /v1/transfers*", "GET /v1/disputes*",
)  # fmt: skip
COHORT = st.sampled_from([0, 0, 0, 1, 2])
ANY = COHORT | st.just(WON)
TIRED = 10  # steps before a host calls a cohort off


class History(Deposits, Disputes, Moves, Life):
    """One history."""

    @initialize(
        buyers=st.lists(st.tuples(WHO, CARDS, st.booleans()), min_size=1, max_size=4),
        depositors=st.lists(st.tuples(WHO, MORE), max_size=3),
    )
    def begin(self, buyers: list[tuple[int, str, bool]], depositors: list[tuple[int, int]]) -> None:
        """A few join and pay, on Stripe's page or by deposit."""
        self.remember()
        for who, more in depositors:
            self.ask_for_a_deposit(who, True, more, None)
        for who, card, comes_back in buyers:
            self.join(who, 0, None, card)
            if comes_back and self.open_payments().exists():
                checkout.advance(self.open_payments().last())

    @rule(who=WHO, cohort=COHORT, dies_at=DIES_AT, card=st.none() | CARDS)
    def join(self, who: int, cohort: int, dies_at: int | None, card: str | None) -> None:
        """Press the button that leads to the hosted page, the first time or again, and perhaps pay there at once."""
        person = self.world.people[who]
        with self.living(dies_at):
            checkout.begin(person, self.cohorts[cohort])
        payment = self.payments().filter(buyer=person).exclude(reference=None).last()
        if payment and card:
            self.stripe.pay(payment.reference, card)

    @rule(who=WHO, cohort=ANY, dies_at=DIES_AT)
    def stand_in_line(self, who: int, cohort: int, dies_at: int | None) -> None:
        with self.living(dies_at):
            waiting.wait(self.world.people[who], self.cohorts[cohort])

    @rule(which=WHICH, card=CARDS, days=st.sampled_from([None, None, "arrive", "bounce"]))
    def pay(self, which: int, card: str, days: str | None) -> None:
        """Pay a page that may still be open at Stripe, whatever became of its seat here."""
        payment = self.one_of(which, self.payments().exclude(reference=None))
        if payment:
            self.stripe.pay(payment.reference, card, **({"later": days} if days else {}))

    @rule(which=WHICH)
    def time_runs_out(self, which: int) -> None:
        """Half an hour passes for one buyer; the page at Stripe may still be open."""
        payment = self.one_of(which, self.open_payments())
        if payment:
            run_out(payment)

    @rule(which=WHICH, dies_at=DIES_AT)
    def come_back(self, which: int, dies_at: int | None) -> None:
        """Return from the hosted page, early or late."""
        payment = self.one_of(which, self.open_payments())
        if payment:
            with self.living(dies_at):
                checkout.advance(payment)

    @rule(places=st.lists(st.integers(0, 60), max_size=4), dies_at=DIES_AT)
    def stripe_tells(self, places: list[int], dies_at: int | None) -> None:
        """Some of the events arrive: in any order, late, or again; the others not yet."""
        events = self.events()
        for place in places if events else []:
            self.deliver(events[place % len(events)])
        with self.living(dies_at):
            queue.drain("payments.drain_events")

    @rule(place=st.integers(0, 60))
    def an_event_is_lost(self, place: int) -> None:
        """Stripe gives up telling one; whoever missed it has to ask."""
        news = [event for event in self.events() if event["id"] not in self.heard]
        if news:
            self.lost.add(news[place % len(news)]["id"])

    @rule(name=st.sampled_from(QUEUES), dies_at=DIES_AT)
    def drain(self, name: str, dies_at: int | None) -> None:
        hurry()
        with self.living(dies_at):
            queue.drain(name)

    @rule(dies_at=DIES_AT)
    def night(self, dies_at: int | None) -> None:
        with self.living(dies_at):
            self.a_night()

    @rule(which=WHICH, dies_at=DIES_AT)
    def leave(self, which: int, dies_at: int | None) -> None:
        place = self.one_of(which, self.places())
        if place:
            self.ended.add(place.pk)
            with self.living(dies_at):
                shown = leaving.quote(place)
                leaving.leave(place.person, place, seen=shown.amount)
                self.promised.append((place.pk, shown.returned + shown.amount))

    @rule(which=WHICH, amount=st.integers(1, 13_000), ends=st.booleans(), times=st.integers(1, 2), dies_at=DIES_AT)
    def host_gives_back(self, which: int, amount: int, ends: bool, times: int, dies_at: int | None) -> None:
        """Give any part back; the same button may be pressed twice."""
        place, key = self.one_of(which, self.places()), str(next(self.world.keys))
        if place and ends:
            self.ended.add(place.pk)
        before = leaving.quote(place).returned if place else 0
        for _ in range(times if place else 0):
            with self.living(dies_at):
                kindness.give(self.world.host, place, amount, reason="thanks", key=key, ends=ends)
                self.promised.append((place.pk, before + amount))

    @rule(which=WHICH, part=st.sampled_from([1, 3_000, 12_000]))
    def refund_made_at_stripe(self, which: int, part: int) -> None:
        """Somebody with Stripe's own page gives money back past us; what was sent from a bank they do not see."""
        payment = self.one_of(which, self.payments().exclude(intent=""))
        if payment:
            with contextlib.suppress(library.StripeError):
                self.api.v1.refunds.create(params={"payment_intent": payment.intent, "amount": part})

    @rule(cohort=ANY, dies_at=DIES_AT)
    def session_ends(self, cohort: int, dies_at: int | None) -> None:
        """A session is over: its part of every seat is shared."""
        session = self.cohorts[cohort].sessions.filter(released_at=None).order_by("number").first()
        if session:
            session.starts_at = timezone.now() - datetime.timedelta(hours=3)
            session.save(update_fields=["starts_at"])
            with self.living(dies_at):
                queue.drain("payments.drain_releases")

    @rule(dies_at=DIES_AT)
    def payday(self, dies_at: int | None) -> None:
        with self.living(dies_at):
            payouts.run()

    @rule(which=WHICH, part=st.sampled_from([None, 1, 2_000]))
    def payout_fetched_back(self, which: int, part: int | None) -> None:
        """Somebody with Stripe's own page fetches what the host was sent back, whole or in part."""
        with contextlib.suppress(library.StripeError):
            sent = self.api.v1.transfers.list(params={"destination": self.world.account, "limit": 20}).data
            transfer = self.one_of(which, [one for one in sent if one.transfer_group in laws.groups()])
            if transfer:
                self.api.v1.transfers.reversals.create(transfer.id, params={"amount": part} if part else {})

    @rule(cohort=ANY, surely=st.integers(0, 3), dies_at=DIES_AT)
    def call_off(self, cohort: int, surely: int, dies_at: int | None) -> None:
        if surely == 0 and self.steps > TIRED:
            with self.living(dies_at):
                cohorts.call_off(self.world.host, self.cohorts[cohort])

    @rule()
    def days_pass(self) -> None:
        """What takes days happens: money arrives or bounces, refunds arrive or come back."""
        self.stripe.settle()

    @rule(call=st.sampled_from(CALLS), kind=st.sampled_from(FAULTS), times=st.integers(1, 4))
    def stripe_stumbles(self, call: str, kind: str, times: int) -> None:
        self.stripe.fault(call, kind, times=times, seconds=0.01)
