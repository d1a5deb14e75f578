"""Kinds of differences with Stripe and in our books: what each is, why, what cures it safely, whether by a person."""

from django.utils.translation import gettext_lazy as _

from payments.bank_kinds import BANK_KINDS
from payments.kind import Kind

KINDS: dict[str, Kind] = {
    "payment_lost": Kind(
        _("Paid at Stripe, not here"),
        _("What Stripe told about this payment never arrived here."),
        _("Stripe is asked and followed: the money is booked and the seat given, or all of it goes back."),
        alone=True,
    ),
    "payment_strange": Kind(
        _("A payment that is not ours"),
        _("It was taken in Stripe’s own pages, or by another site on the same account."),
        _("Give it back in Stripe’s pages, or let the platform keep it."),
        carried=True,
    ),
    "payment_twice": Kind(
        _("One payment, taken twice"),
        _("Stripe took money a second time for a payment that was paid already."),
        _("Give the second one back in Stripe’s pages, then let the platform carry what it cost."),
        carried=True,
    ),
    "fee_unbooked": Kind(
        _("A fee that is not booked"),
        _("Stripe worked its fee out later than it told us."),
        _("Stripe is asked for the fee, and it is booked."),
        alone=True,
    ),
    "fee": Kind(
        _("Another fee than we booked"),
        _("Stripe changed its fee after we had booked it."),
        _("Let the platform carry what is more, or keep what is less."),
        carried=True,
    ),
    "refund_lost": Kind(
        _("Sent back at Stripe, not here"),
        _("Somebody gave money back in Stripe’s own pages, or what Stripe told about a refund never arrived."),
        _("Stripe is asked, and the refund is written down in place of what we owe."),
        alone=True,
    ),
    "refund_twice": Kind(
        _("Given back twice"),
        _("It left our bank by hand, and was given back in Stripe’s own pages as well. The platform carries it."),
        _("Ask the buyer for what is too much. Then note here what became of it."),
    ),
    "dispute_twice": Kind(
        _("Given back, and taken by the bank as well"),
        _("It left our bank by hand, and the buyer’s bank took it all the same. What that took is the host’s loss."),
        _("Ask the buyer for what is too much. Then note here what became of it."),
    ),
    "refund_strange": Kind(
        _("A refund that is not ours"),
        _("It gives back a payment that is not ours either."),
        _("Find out who made it. Then let the platform carry it."),
        carried=True,
    ),
    "failure_lost": Kind(
        _("A refund came back"),
        _("The buyer’s bank did not take a refund, and what Stripe told about it never arrived."),
        _("Stripe is asked: the money is here again, and still owed to the buyer."),
        alone=True,
    ),
    "transfer_lost": Kind(
        _("A payout sent at Stripe, not here"),
        _("Stripe sent a payout and its answer never arrived here."),
        _("Stripe is asked, and the payout is written down as paid."),
        alone=True,
    ),
    "transfer_strange": Kind(
        _("A transfer that is not ours"),
        _("Somebody sent money to a payee in Stripe’s own pages."),
        _("Fetch it back in Stripe’s pages if it was a mistake. Otherwise let the platform carry it."),
        carried=True,
    ),
    "reversal_lost": Kind(
        _("A payout fetched back at Stripe, not here"),
        _("Somebody reversed a transfer in Stripe’s own pages, and what Stripe told about it never arrived."),
        _("Stripe is asked: what was fetched back is owed to its payee again."),
        alone=True,
    ),
    "dispute_lost": Kind(
        _("A dispute moved money, not here"),
        _("What Stripe told about a dispute never arrived here, or it is about a payment that is not ours."),
        _("Stripe is asked, and what the bank took or gave is booked. One that is not ours the platform can carry."),
        alone=True,
        carried=True,
    ),
    "to_bank": Kind(
        _("Money between Stripe and our bank"),
        _("Stripe paid out to our own bank account, or took money from it."),
        _("It is booked from Stripe to the bank, by itself."),
        alone=True,
    ),
    "unknown": Kind(
        _("A movement we have no name for"),
        _("Stripe moved money in a way this site does not know: a monthly fee, an adjustment."),
        _("Read in Stripe’s pages what it is. Then let the platform carry it."),
        carried=True,
    ),
    "currency": Kind(
        _("Kept in another currency"),
        _("Stripe keeps this money in another currency than it was paid in."),
        _("Give the account at Stripe a balance in the currency it sells in, and note here what you did."),
    ),
    "amount": Kind(
        _("Two amounts for one thing"),
        _("What Stripe moved is not what we booked for it."),
        _("Compare the two by hand. The platform can carry what is missing."),
        carried=True,
    ),
    "missing": Kind(
        _("Booked here, not at Stripe"),
        _("We booked this at Stripe, and Stripe does not show it."),
        _("Ask Stripe again. If it stays, look for it in Stripe’s pages under the number of the payment."),
    ),
    "unbalanced": Kind(
        _("A booking that does not sum to zero"),
        _("Somebody changed the ledger past its guards."),
        _("Nothing is cured here. Whoever runs the database has to look, and bring it back from the last backup."),
    ),
    "unsold": Kind(
        _("Paid, and not booked as sold"),
        _("A payment says paid, and the books hold another amount for it."),
        _("Ask Stripe again: what it says is booked. If it stays, compare the two by hand."),
    ),
    "refunds_unequal": Kind(
        _("Refunds that do not sum up"),
        _("What a payment says was given back is not what the books owe for it."),
        _("Compare the refunds of this payment with its bookings by hand."),
    ),
    "miscounted": Kind(
        _("Seats counted wrong"),
        _("The count of taken seats is not the number of people who have one."),
        _("Compare the count with the enrollments of this cohort."),
    ),
    "unpaid": Kind(
        _("A seat nobody paid for"),
        _("Somebody is in, the seat has a price, and no payment was made for it."),
        _("Ask its owner how they paid. If they were let in free, note that here."),
    ),
    **BANK_KINDS,
}


def kind(name: str) -> Kind:
    """Return a kind of difference by its name."""
    return KINDS[name]
