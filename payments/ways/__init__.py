"""Ways to pay: a file each, with the verbs of `Way`. Another provider is another file and its line here."""

from cohorts.models import Cohort
from payments.models import Payment
from payments.services import joining
from payments.ways import bank, invoice, stripe
from payments.ways.way import Way
from studyplatform.accounts.models import User

Provider = Payment.Provider
WAYS: dict[str, Way] = {Provider.STRIPE: stripe, Provider.BANK: bank, Provider.INVOICE: invoice}


def of(payment: Payment) -> Way:
    """Return the way a payment is paid."""
    return WAYS[payment.provider]


def offered(cohort: Cohort) -> dict[str, Way]:
    """Return the ways a seat of a cohort can be paid now, by provider."""
    return {provider: way for provider, way in WAYS.items() if way.offered(cohort)}


def offered_to(cohort: Cohort, member: User) -> dict[str, Way]:
    """Return the ways somebody can pay for a seat; the one they are in the middle of stays theirs and stands first."""
    found, standing = offered(cohort), joining.standing_of(member, cohort)
    return {standing.provider: of(standing), **found} if standing and standing.provider in WAYS else found
