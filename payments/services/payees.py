"""Payees: people say where their money goes; Stripe says whether it can."""

import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from payments import letters, rails
from payments.models import Payee
from payments.sealed import seal
from payments.truth import Account
from studyplatform.accounts.models import User
from studyplatform.kit import history
from studyplatform.kit.errors import Refused

Standing = Payee.Standing


@transaction.atomic
def save(person: User, *, bank: str, holder: str, account: str, currency: str, country: str = "KR") -> Payee:
    """Keep a person's bank account, sealed; it serves from the next payout run on. A change is told by letter.

    Raises Refused where the bank file does not serve the country in that currency.
    """
    way = rails.way(country, Payee.Rail.BANK_FILE)
    if not way or currency not in way.currencies:
        raise Refused(_("You cannot be paid that way there. Choose another."))
    payee, new = Payee.objects.update_or_create(
        person=person,
        defaults={
            "bank": bank,
            "holder": holder,
            "country": country,
            "currency": currency,
            "account_sealed": seal(account),
            "account_ending": account[-4:],
            "rail": Payee.Rail.BANK_FILE,
            "standing": "",
            "enabled": True,
        },
    )
    history.record(payee, "" if new else "named", "named", person, note=f"account ending {payee.account_ending}")
    if not new:
        letters.account_changed(payee)
    return payee


@transaction.atomic
def choose_stripe(person: User, country: str) -> Payee:
    """Note that a person wants to be paid through Stripe; nothing is paid there before Stripe says it can be.

    Chosen again for the same country nothing changes. Raises Refused where Stripe does not serve the country.
    """
    way = rails.way(country, Payee.Rail.STRIPE)
    if not way:
        raise Refused(_("You cannot be paid that way there. Choose another."))
    Payee.objects.get_or_create(person=person, defaults={"rail": Payee.Rail.STRIPE, "country": country})
    row = Payee.objects.select_for_update().get(person=person)
    if row.standing and row.country == country:  # which only Stripe gives
        return row
    moved = row.country != country
    row.rail, row.country, row.currency = Payee.Rail.STRIPE, country, way.currencies[0]
    row.standing, row.enabled = Payee.Standing.UNFINISHED, False
    row.stripe_account = None if moved else row.stripe_account  # an account stays in its country
    row.save()
    history.record(row, "", "stripe chosen", person, note=country)
    letters.account_changed(row)
    return row


def begin_anew(payee: Payee) -> None:
    """Let the next try at an account stand under another key, which is the moment of the row's last change."""
    Payee.objects.filter(pk=payee.pk).update(changed_at=timezone.now())


@transaction.atomic
def record(payee: Payee, account: Account) -> Payee:
    """Record what Stripe says of a payee's account. The first account stays; a second one is never used."""
    row = Payee.objects.select_for_update().get(pk=payee.pk)
    if row.stripe_account is None and row.rail == Payee.Rail.STRIPE:
        row.stripe_account = account.id
    if row.stripe_account != account.id:
        return row
    row.save(update_fields=["stripe_account"])
    if row.rail == Payee.Rail.STRIPE:
        _stand(row, account)
    return row


def _stand(row: Payee, account: Account) -> None:
    standing = _standing(account)
    if (row.standing, row.enabled) != (standing, account.enabled):
        history.record(row, row.standing, standing)
        row.standing, row.enabled = standing, account.enabled
        row.save(update_fields=["standing", "enabled"])
        _tell(row, account.asked_by)


def _standing(account: Account) -> str:
    if account.rejected:
        return Standing.REFUSED
    if account.enabled:
        return Standing.ASKED if account.asked else Standing.ENABLED
    return Standing.RESTRICTED if account.submitted else Standing.UNFINISHED


def _tell(row: Payee, asked_by: datetime.datetime | None = None) -> None:
    """Write to a payee who has to do something before, or lest, their money waits."""
    if row.standing in (Standing.RESTRICTED, Standing.REFUSED, Standing.ASKED, Standing.NONE):
        letters.stripe_asks(row, asked_by)


def disconnected() -> QuerySet[Payee]:
    """Return who chose Stripe and whose account there is not connected any more."""
    return Payee.objects.filter(rail=Payee.Rail.STRIPE, standing=Standing.NONE)


@transaction.atomic
def disconnect(account: str) -> None:
    """A person took the platform's access to their account away: it cannot be paid to any more."""
    for row in Payee.objects.select_for_update().filter(stripe_account=account):
        history.record(row, row.standing, "disconnected")
        row.stripe_account = None
        row.standing, row.enabled = "", row.enabled and row.rail != Payee.Rail.STRIPE
        row.save()
        if row.rail == Payee.Rail.STRIPE:
            _tell(row)
