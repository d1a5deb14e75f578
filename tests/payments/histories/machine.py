"""What may happen to a cohort's money, in any order, with the process dying anywhere and Stripe at its worst."""

import contextlib
import datetime
from collections.abc import Iterator
from typing import Any

import stripe as library
from django.db import transaction
from django.utils import timezone
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from cohorts.models import Enrollment
from cohorts.services import cohorts, waiting
from payments import gateway
from payments.flows import checkout
from payments.models import Payment
from payments.services import kindness, leaving, payouts
from studyplatform.kit import queue
from studyplatform.kit.errors import Refused
from tests.payments.buying import deliver, hurry, run_out
from tests.payments.histories import laws
from tests.payments.histories.crashes import Crash, crashing
from tests.payments.histories.world import NAMES, World

WHO = st.integers(0, len(NAMES) - 1)
WHICH = st.integers(0, 11)  # of those there are, counted around: what is drawn never hangs on what happened
DIES_AT = st.none() | st.integers(1, 70)
CARDS = st.sampled_from([
    "4242424242424242", "4000000000000077", "4000000000000002", "4000000000005126", "4000000000007726",
])  # fmt: skip
FAULTS = ("500", "500_after", "503", "409", "429", "timeout_before", "timeout_after")
CALLS = (
    "POST /v1/checkout/sessions", "GET /v1/checkout/sessions/*", "POST /v1/checkout/sessions/*/expire",
    "POST /v1/refunds", "GET /v1/refunds*", "POST /v1/transfers", "GET /v1/transfers*",
)  # fmt: skip
QUEUES = (
    "payments.drain_events", "payments.drain_payments", "payments.drain_refunds", "payments.drain_payouts",
    "payments.drain_releases", "payments.drain_called_off", "cohorts.drain_cohort_news", "cohorts.drain_holds",
    "cohorts.drain_offers", "cohorts.drain_lines",
)  # fmt: skip
TIRED = 10  # steps before a host calls a cohort off
LONGEST_REST = 10  # rounds of telling and draining


class History(RuleBasedStateMachine):
    """One history: it happens in a savepoint of its own, ends with everything settled, and is then undone."""

    world: World

    def __init__(self) -> None:
        super().__init__()
        self.block: Any = transaction.atomic()
        self.block._from_testcase = True  # calls to the outside may be made in it, as in any test's transaction
        self.block.__enter__()
        self.stripe, self.api, self.cohort = self.world.stripe, self.world.stripe.api, self.world.cohort
        self.heard: set[str] = set()
        self.steps = 0

    @initialize(buyers=st.lists(st.tuples(WHO, CARDS, st.booleans()), min_size=1, max_size=4))
    def begin(self, buyers: list[tuple[int, str, bool]]) -> None:
        """Remember what Stripe had before, which stays from one history to the next; then a few join and pay."""
        self.before = self.stripe.balance("USD")
        self.last = {account: self._newest(account) for account in ("", self.world.account)}
        for who, card, comes_back in buyers:
            self.join(who, None, card)
            if comes_back and self._open().exists():
                checkout.advance(self._open().last())

    @contextlib.contextmanager
    def _living(self, at: int | None) -> Iterator[None]:
        """Let one verb run, perhaps to die; what it refuses is an answer."""
        self.steps += 1
        with contextlib.suppress(Crash, Refused, gateway.Trouble), crashing(at):
            yield

    @rule(who=WHO, dies_at=DIES_AT, card=st.none() | CARDS)
    def join(self, who: int, dies_at: int | None, card: str | None) -> None:
        """Press the button that leads to the hosted page, the first time or again, and perhaps pay there at once."""
        person = self.world.people[who]
        with self._living(dies_at):
            checkout.begin(person, self.cohort)
        payment = self._payments().filter(buyer=person).exclude(reference=None).last()
        if payment and card:
            self.stripe.pay(payment.reference, card)

    @rule(who=WHO, dies_at=DIES_AT)
    def stand_in_line(self, who: int, dies_at: int | None) -> None:
        with self._living(dies_at):
            waiting.wait(self.world.people[who], self.cohort)

    @rule(which=WHICH, card=CARDS, days=st.sampled_from([None, None, "arrive", "bounce"]))
    def pay(self, which: int, card: str, days: str | None) -> None:
        """Pay a page that may still be open at Stripe, whatever became of its seat here."""
        payment = self._one_of(which, self._payments().exclude(reference=None))
        if payment:
            self.stripe.pay(payment.reference, card, **({"later": days} if days else {}))

    @rule(which=WHICH)
    def time_runs_out(self, which: int) -> None:
        """Half an hour passes for one buyer; the page at Stripe may still be open."""
        payment = self._one_of(which, self._open())
        if payment:
            run_out(payment)

    @rule(which=WHICH, dies_at=DIES_AT)
    def come_back(self, which: int, dies_at: int | None) -> None:
        """Return from the hosted page, early or late."""
        payment = self._one_of(which, self._open())
        if payment:
            with self._living(dies_at):
                checkout.advance(payment)

    @rule(places=st.lists(st.integers(0, 60), max_size=4), dies_at=DIES_AT)
    def stripe_tells(self, places: list[int], dies_at: int | None) -> None:
        """Some of the events arrive: in any order, late, or again; the others are lost for now."""
        events = self._events()
        for place in places if events else []:
            self._deliver(events[place % len(events)])
        with self._living(dies_at):
            queue.drain("payments.drain_events")

    @rule(name=st.sampled_from(QUEUES), dies_at=DIES_AT)
    def drain(self, name: str, dies_at: int | None) -> None:
        hurry()
        with self._living(dies_at):
            queue.drain(name)

    @rule(which=WHICH, dies_at=DIES_AT)
    def leave(self, which: int, dies_at: int | None) -> None:
        place = self._one_of(which, self._places())
        if place:
            with self._living(dies_at):
                leaving.leave(place.person, place, seen=leaving.quote(place).amount)

    @rule(which=WHICH, amount=st.integers(1, 13_000), ends=st.booleans(), times=st.integers(1, 2), dies_at=DIES_AT)
    def host_gives_back(self, which: int, amount: int, ends: bool, times: int, dies_at: int | None) -> None:
        """Give any part back; the same button may be pressed twice."""
        place, key = self._one_of(which, self._places()), str(next(self.world.keys))
        for _ in range(times if place else 0):
            with self._living(dies_at):
                kindness.give(self.world.host, place, amount, reason="thanks", key=key, ends=ends)

    @rule(which=WHICH, part=st.sampled_from([1, 3_000, 12_000]))
    def refund_made_at_stripe(self, which: int, part: int) -> None:
        """Somebody with Stripe's own page gives money back past us."""
        payment = self._one_of(which, self._payments().exclude(intent=""))
        if payment:
            with contextlib.suppress(library.StripeError):
                self.api.v1.refunds.create(params={"payment_intent": payment.intent, "amount": part})

    @rule(dies_at=DIES_AT)
    def session_ends(self, dies_at: int | None) -> None:
        """A session is over: its part of every seat is shared."""
        session = self.cohort.sessions.filter(released_at=None).order_by("number").first()
        if session:
            session.starts_at = timezone.now() - datetime.timedelta(hours=3)
            session.save(update_fields=["starts_at"])
            with self._living(dies_at):
                queue.drain("payments.drain_releases")

    @rule(dies_at=DIES_AT)
    def payday(self, dies_at: int | None) -> None:
        with self._living(dies_at):
            payouts.run()

    @rule(surely=st.integers(0, 3), dies_at=DIES_AT)
    def call_off(self, surely: int, dies_at: int | None) -> None:
        if surely == 0 and self.steps > TIRED:
            with self._living(dies_at):
                cohorts.call_off(self.world.host, self.cohort)

    @rule()
    def banks_answer(self) -> None:
        """What takes days happens: money arrives or bounces, refunds arrive or come back."""
        self.stripe.settle()

    @rule(call=st.sampled_from(CALLS), kind=st.sampled_from(FAULTS), times=st.integers(1, 4))
    def stripe_stumbles(self, call: str, kind: str, times: int) -> None:
        self.stripe.fault(call, kind, times=times, seconds=0.01)

    def teardown(self) -> None:
        """Let everything come to rest, look at the laws, and undo it all."""
        try:
            if hasattr(self, "before"):
                self._come_to_rest()
                laws.hold(self.world, self.before)
        finally:
            self.stripe.clear()
            transaction.set_rollback(True)
            self.block.__exit__(None, None, None)

    def _come_to_rest(self) -> None:
        self.stripe.clear()
        before: Any = None
        for _ in range(LONGEST_REST):
            self.stripe.settle()
            for payment in self._open():
                run_out(payment)
            self.cohort.enrollments.filter(state="held").update(hold_until=timezone.now())
            news = [event for event in self._events() if event["id"] not in self.heard]
            for event in news:
                self._deliver(event)
            hurry()
            for name in QUEUES:
                queue.drain(name)
            now = laws.standing()
            if now == before and not news:
                return
            before = now

    def _payments(self) -> Any:
        return Payment.objects.filter(lines__enrollment__cohort=self.cohort).order_by("pk")

    def _open(self) -> Any:
        return self._payments().exclude(state__in=checkout.OVER)

    def _places(self) -> Any:
        return self.cohort.enrollments.filter(state__in=Enrollment.BELONGS).order_by("pk")

    @staticmethod
    def _one_of(which: int, rows: Any) -> Any:
        found = list(rows)
        return found[which % len(found)] if found else None

    def _newest(self, account: str) -> str:
        found = self.api.v1.events.list(params={"limit": 1}, options=self._as(account)).data
        return found[0].id if found else ""

    def _events(self) -> list[dict[str, Any]]:
        """Return what Stripe has told since this history began, oldest first."""
        return [event for account, last in self.last.items() for event in self._since(account, last)]

    def _since(self, account: str, last: str) -> list[dict[str, Any]]:
        params: Any = {"limit": 100, **({"ending_before": last} if last else {})}
        found = self.api.v1.events.list(params=params, options=self._as(account)).data
        return [event.to_dict() for event in reversed(found)]

    @staticmethod
    def _as(account: str) -> Any:
        return {"stripe_account": account} if account else {}

    def _deliver(self, event: dict[str, Any]) -> None:
        self.heard.add(event["id"])
        assert deliver(event) == 200
