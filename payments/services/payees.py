"""Payees: people say where their money goes."""

from django.db import transaction

from payments import letters
from payments.models import Payee
from payments.sealed import seal
from studyplatform.accounts.models import User
from studyplatform.kit import history


@transaction.atomic
def save(person: User, *, bank: str, holder: str, account: str, currency: str) -> Payee:
    """Keep a person's bank account, sealed; it serves from the next payout run on. A change is told by letter."""
    payee, new = Payee.objects.select_for_update().update_or_create(
        person=person,
        defaults={
            "bank": bank,
            "holder": holder,
            "currency": currency,
            "account_sealed": seal(account),
            "account_ending": account[-4:],
            "rail": Payee.Rail.BANK_FILE,
            "enabled": True,
        },
    )
    history.record(payee, "" if new else "named", "named", person, note=f"account ending {payee.account_ending}")
    if not new:
        letters.account_changed(payee)
    return payee
