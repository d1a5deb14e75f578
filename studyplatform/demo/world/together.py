"""Many people join at once. One by one it would take a minute; the rows are those of checkout's own verbs.

tests/demo/test_world.py lays a member of the crowd beside one who joined by the verbs, column by column.
"""

import datetime
from collections import Counter
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.urls import reverse
from django.utils import timezone

from cohorts.models import Cohort, Enrollment, Membership, Price, Seats, Subgroup
from cohorts.services import seats
from payments import letters
from payments.models import Payment, PaymentLine
from payments.services import agreements, ledger, payments, receipts
from payments.services.ledger import Kind, Posting
from studyplatform.accounts.models import Consent, User
from studyplatform.demo.world import crowd, people, stripe
from studyplatform.demo.world.roster import NOWHERE, Seat
from studyplatform.demo.world.trail import note
from studyplatform.demo.world.world import World
from studyplatform.kit import page_cache
from studyplatform.mail.services import letters as written

CARD = "Visa ···· 4242"


def join(world: World, cohort: Cohort, chosen: list[Seat]) -> None:
    """Sign up who is new, take seats, pay by card, settle: a few people of the crowd at one moment."""
    new = {seat.name: crowd.by_name(seat.name) for seat in chosen if seat.name not in world.people}
    world.people |= people.arrive_together(new)
    buyers = [world.people[seat.name] for seat in chosen]
    price = Price.objects.get(cohort=cohort).amount
    stripe.stand_at(world.diary.clock.moment)
    bought = _buy([Payment(buyer=buyer, amount=price, currency=cohort.currency) for buyer in buyers], cohort)
    with transaction.atomic():
        _agree(buyers)
        places = _take_places(cohort, buyers, price, chosen)
        _settle(cohort, bought, places)


def _buy(bought: list[Payment], cohort: Cohort) -> list[tuple[Payment, int]]:
    """Pay on Stripe's pages; return the payments with Stripe's fees."""
    now = timezone.now()
    sold = stripe.sell([_page(payment, cohort) for payment in bought])
    for payment, page in zip(bought, sold, strict=True):
        payment.provider, payment.state, payment.method = Payment.Provider.STRIPE, Payment.State.PAID, CARD
        payment.reference, payment.address = page["id"], page["url"]
        payment.intent, payment.charge = page["intent"], page["charge"]
        payment.expires_at = datetime.datetime.fromtimestamp(page["expires_at"], datetime.UTC)
        payment.paid_at = payment.done_at = payment.due_at = now
    return [(payment, page["fee"]) for payment, page in zip(bought, sold, strict=True)]


def _page(payment: Payment, cohort: Cohort) -> dict[str, Any]:
    """Return what `gateway.create_page` asks for."""
    back = f"{settings.SITE_URL}{reverse('checkout_return', args=[payment.public_id])}"
    ours = {"payment": payment.public_id}
    price = {"currency": payment.currency.lower(), "unit_amount": payment.amount}
    product = {"name": str(cohort)}
    return {
        "mode": "payment",
        "client_reference_id": payment.public_id,
        "customer_email": payment.buyer.email,
        "locale": payment.buyer.language,
        "expires_at": int((timezone.now() + seats.HOLD - payments.GRACE).timestamp()),
        "success_url": back,
        "cancel_url": f"{back}?cancelled=1",
        "metadata": ours,
        "payment_intent_data": {"metadata": ours, "transfer_group": f"payment:{payment.public_id}"},
        "line_items": [{"quantity": 1, "price_data": {**price, "product_data": product}}],
    }


def _agree(buyers: list[User]) -> None:
    Consent.objects.bulk_create(
        (
            Consent(person=buyer, kind=kind, version=agreements.VERSION)
            for buyer in buyers
            for kind in ("terms", "recording")
        ),
        ignore_conflicts=True,  # who comes back agreed before
    )


def _take_places(cohort: Cohort, buyers: list[User], price: int, chosen: list[Seat]) -> list[Enrollment]:
    now, terms, active = timezone.now(), cohort.terms.latest("version"), Enrollment.State.ACTIVE
    agreed = {"price": price, "currency": cohort.currency, "policy_id": cohort.policy_id, "terms": terms}
    places = Enrollment.objects.bulk_create(
        Enrollment(cohort=cohort, person=buyer, state=active, joined_at=now, introduction=seat.hello, **agreed)
        for buyer, seat in zip(buyers, chosen, strict=True)
    )
    Seats.objects.filter(cohort=cohort).update(taken=F("taken") + len(places))
    page_cache.bump(f"seats:{cohort.pk}")
    _into_groups(cohort, places, chosen)
    note(places, [("", Enrollment.State.HELD, True), (Enrollment.State.HELD, active, False)])
    return places


def _into_groups(cohort: Cohort, places: list[Enrollment], chosen: list[Seat]) -> None:
    groups = list(cohort.subgroups.order_by("position"))
    placed = [(place, groups[seat.group]) for place, seat in zip(places, chosen, strict=True) if seat.group != NOWHERE]
    Membership.objects.bulk_create(Membership(enrollment=place, subgroup=group) for place, group in placed)
    for pk, count in Counter(group.pk for _place, group in placed).items():
        Subgroup.objects.filter(pk=pk).update(taken=F("taken") + count)


def _settle(cohort: Cohort, bought: list[tuple[Payment, int]], places: list[Enrollment]) -> None:
    paid = Payment.objects.bulk_create(payment for payment, _fee in bought)
    states = Payment.State
    note(paid, [("", states.CREATED, True), (states.CREATED, states.OPEN, True), (states.OPEN, states.PAID, False)])
    lines = PaymentLine.objects.bulk_create(
        PaymentLine(payment=payment, enrollment=place, amount=payment.amount)
        for payment, place in zip(paid, places, strict=True)
    )
    _book(cohort, list(zip(lines, (fee for _payment, fee in bought), strict=True)))
    receipts.issue_all(paid)
    with written.together():
        for line in lines:
            letters.joined(line)


def _book(cohort: Cohort, lines: list[tuple[PaymentLine, int]]) -> None:
    at_stripe = ledger.account(Kind.STRIPE, cohort.currency)
    escrow = ledger.account(Kind.ESCROW, cohort.currency, cohort=cohort)
    sales = [Posting(f"sale:{line.pk}", {at_stripe: line.amount, escrow: -line.amount}, line) for line, _fee in lines]
    fees = [Posting(f"fee:{line.pk}", {at_stripe: -fee, escrow: fee}, line) for line, fee in lines]
    ledger.post_all(sales + fees)
