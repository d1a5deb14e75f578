"""More stories for calls of the gateway: a company buys, pays its invoice by card, credit is used, a seat was given.

Named by the call and who does it; they are lived like those of `fault_stories`.
"""

from collections.abc import Callable
from contextlib import suppress

from cohorts.models import Enrollment, SeatGroup
from cohorts.services import cohorts
from payments import gateway
from payments.flows import checkout
from payments.models import Payment
from payments.services import kindness, leaving
from tests.cohorts.credit import give
from tests.payments.buying import begin, deliver, drain, join, return_url, run_out
from tests.payments.companies import accept, at, quoted, sell
from tests.payments.fault_stories import STORIES, Case
from tests.payments.giving import answer, here, offered
from tests.people import make_person, sign_in


def quote(case: Case, **plan: str) -> SeatGroup:
    """A company has asked for three seats."""
    sell(case.cohort.study.payee, case.cohort, **plan)
    return quoted(sign_in(case.person), case.cohort)


def invoice(case: Case) -> SeatGroup:
    """A company uses its seats, and is to pay for them within twenty days."""
    group = quote(case, invoice_days="20")
    sign_in(case.person).post(at("seat_group_accept", group), {"how": "invoice"})
    return SeatGroup.objects.get(pk=group.pk, state="invoiced")


def by_card(case: Case, group: SeatGroup) -> Payment:
    """Go on to pay an invoice on Stripe's page."""
    answer = sign_in(case.person).post(at("seat_group_accept", group), {"how": "card"})
    assert answer.status_code == 303, answer.headers
    return Payment.objects.get(address=answer.url)


def credited(case: Case) -> Payment:
    """Somebody with credit goes on to pay the rest of the price."""
    give(case.person, case.cohort.study, 50_000)
    return begin(sign_in(case.person), case.cohort)


def given(case: Case) -> Enrollment:
    """Somebody has paid for a seat and given it to a friend, who has it."""
    place = case.paid().lines.get().enrollment
    friend = make_person(f"f-{case.person.handle}", "친구")
    answer(offered(place, friend.email), friend)
    return Enrollment.objects.get(pk=here(friend, place).pk)  # type: ignore[union-attr]


def look_at(case: Case, payment: Payment) -> None:
    """Pay, and come back while the call does not work."""
    case.stripe.pay(str(payment.reference))
    case.strike()
    sign_in(case.person).get(return_url(payment))


def give_up(case: Case, payment: Payment) -> None:
    """Do not pay, and say so while the call does not work; the time of the page runs out."""
    case.strike()
    with suppress(gateway.Trouble):
        checkout.give_up(payment)
    case.recover()
    run_out(payment)


def company_page(case: Case) -> None:
    group = quote(case)
    case.strike()
    sign_in(case.person).post(at("seat_group_accept", group))
    case.recover()
    case.stripe.pay(str(accept(sign_in(case.person), group).reference))


def company_called_off(case: Case) -> None:
    payment = accept(sign_in(case.person), quote(case))
    case.stripe.pay(str(payment.reference))
    checkout.look(payment)
    cohorts.call_off(case.cohort.study.payee, case.cohort)
    case.strike()
    drain("drain_called_off", "drain_refunds")


def invoice_page(case: Case) -> None:
    group = invoice(case)
    case.strike()
    sign_in(case.person).post(at("seat_group_accept", group), {"how": "card"})
    case.recover()
    case.stripe.pay(str(by_card(case, group).reference))


def credit_page(case: Case) -> None:
    give(case.person, case.cohort.study, 50_000)
    case.strike()
    join(sign_in(case.person), case.cohort)
    case.recover()
    case.stripe.pay(str(begin(sign_in(case.person), case.cohort).reference))


def credit_back(case: Case) -> None:
    give(case.person, case.cohort.study, 50_000)
    place = case.paid().lines.get().enrollment
    kindness.give(case.cohort.study.payee, place, 40_000, reason="thanks", key=case.person.handle)
    case.strike()
    drain("drain_refunds")


def gift_left(case: Case) -> None:
    place = given(case)
    leaving.leave(place.person, place, seen=leaving.quote(place).amount)
    case.strike()
    drain("drain_refunds")


def gift_given_back_at_stripe(case: Case) -> None:
    place = given(case)
    intent = place.payment_lines.get().payment.intent
    case.stripe.api.v1.refunds.create(params={"payment_intent": intent, "amount": 60_000})
    charge = [one for one in case.stripe.events_about(intent) if one["type"] == "charge.refunded"]
    assert deliver(charge[0]) == 200
    case.strike()
    drain("drain_events")


OTHERS: dict[str, Callable[[Case], None]] = {
    "create_page:company": company_page,
    "get_page:company": lambda case: look_at(case, accept(sign_in(case.person), quote(case))),
    "expire_page:company": lambda case: give_up(case, accept(sign_in(case.person), quote(case))),
    "create_refund:company": company_called_off,
    "create_page:invoice": invoice_page,
    "get_page:invoice": lambda case: look_at(case, by_card(case, invoice(case))),
    "expire_page:invoice": lambda case: give_up(case, by_card(case, invoice(case))),
    "create_page:credit": credit_page,
    "get_page:credit": lambda case: look_at(case, credited(case)),
    "expire_page:credit": lambda case: give_up(case, credited(case)),
    "create_refund:credit": credit_back,
    "create_refund:gift": gift_left,
    "refunds_of:gift": gift_given_back_at_stripe,
}
ALL = {**STORIES, **{name: (STORIES[name.partition(":")[0]][0], tell) for name, tell in OTHERS.items()}}
