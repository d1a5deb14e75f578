"""Payees: people say where their money goes."""

from django.db import transaction

from payments.models import Payee
from payments.sealed import seal
from studyplatform.accounts.models import User


@transaction.atomic
def save(person: User, *, bank: str, holder: str, account: str, currency: str) -> Payee:
    """Keep a person's bank account, sealed; it serves from the next payout run on."""
    payee, _ = Payee.objects.select_for_update().update_or_create(
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
    return payee
