"""A payee gets an account at Stripe: the row first, then Stripe, then what it said."""

from django.conf import settings
from django.urls import reverse

from payments import gateway, rails
from payments.models import Payee
from payments.services import payees
from studyplatform.accounts.models import User


def begin(person: User, country: str) -> str:
    """Return the address of Stripe's page for somebody who wants to be paid there. Raises Refused, Trouble."""
    payee = payees.choose_stripe(person, country)
    try:
        return page(payee if payee.stripe_account else _make(payee))
    except gateway.Gone:
        return page(_make(payees.choose_stripe(person, country)))


def _make(payee: Payee) -> Payee:
    """Make the account. Asked twice at once Stripe makes one, by its key, and the row takes one, by its lock."""
    way = rails.way(payee.country, Payee.Rail.STRIPE)
    try:
        account = gateway.create_account(
            key=f"payee:{payee.pk}:{payee.changed_at.timestamp()}",
            payee=str(payee.pk),
            country=payee.country,
            agreement=way.agreement if way else "",
            email=payee.person.email,
        )
    except gateway.Broke:  # kept under the key for a day; an account nobody uses does no harm
        payees.begin_anew(payee)
        raise
    return payees.record(payee, account)


def page(payee: Payee) -> str:
    """Return a fresh address of Stripe's page for a payee with an account. Raises Gone, Trouble."""
    site = settings.SITE_URL
    try:
        return gateway.account_page(
            payee.stripe_account or "",
            return_url=f"{site}{reverse('payee_return')}",
            refresh_url=f"{site}{reverse('payee_stripe')}",
        )
    except gateway.Gone:
        payees.disconnect(payee.stripe_account or "")
        raise


def look(payee: Payee) -> Payee:
    """Ask Stripe how a payee stands, and record it; who took the access away has no account. Raises Trouble."""
    if not payee.stripe_account:
        return payee
    try:
        return payees.record(payee, gateway.get_account(payee.stripe_account))
    except gateway.Gone:
        payees.disconnect(payee.stripe_account)
        return Payee.objects.get(pk=payee.pk)


def hear(account: str) -> bool:
    """Look at the payee of an account Stripe tells of; False when there is none. Raises Trouble."""
    known = Payee.objects.filter(stripe_account=account).first()
    if known:
        look(known)
    return bool(known)
