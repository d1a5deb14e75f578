"""What Stripe says, as plain values. Amounts are minor units, currencies ISO 4217 in capitals, times UTC."""

import datetime
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Charge:
    """Money that was taken. `fee` is None until Stripe has worked it out."""

    id: str
    method: str  # "visa 4242"
    fee: int | None = None
    fee_currency: str = ""


@dataclass(frozen=True)
class Page:
    """A hosted payment page and what became of it."""

    id: str
    status: str  # open, complete, expired
    payment_status: str  # unpaid, paid, no_payment_required
    amount: int
    currency: str
    address: str
    expires_at: datetime.datetime
    payment: str  # public id of our Payment, from the metadata
    intent: str = ""
    intent_status: str = ""
    decline: str = ""  # why the last card was refused, as Stripe's code
    charge: Charge | None = None

    @property
    def paid(self) -> bool:
        """Whether the money is in: a completed page alone does not say so."""
        return self.status == "complete" and self.payment_status in ("paid", "no_payment_required")


@dataclass(frozen=True)
class MoneyBack:
    """A refund at Stripe."""

    id: str
    status: str  # pending, requires_action, succeeded, failed, canceled
    amount: int
    currency: str
    intent: str
    refund: str  # id of our Refund, from the metadata; "" when made elsewhere
    moved: bool = False  # whether it ever left our balance there, so that what failed came back to it

    @property
    def failed(self) -> bool:
        """Whether it did not arrive, and is none on its way either."""
        return self.status in ("failed", "canceled")


@dataclass(frozen=True)
class Account:
    """A payee's account at Stripe."""

    id: str
    submitted: bool  # whether its person has been through the whole page
    payouts_enabled: bool
    transfers: str  # active, inactive, pending
    payee: str  # id of our Payee, from the metadata
    asked: bool = False  # something more is wanted of its person
    asked_by: datetime.datetime | None = None  # until when, where it may still be paid meanwhile
    rejected: bool = False  # Stripe will not have its person, whatever they tell

    @property
    def enabled(self) -> bool:
        """Whether money can be sent to it and from it to the bank; that everything was told does not say so."""
        return self.payouts_enabled and self.transfers == "active"


@dataclass(frozen=True)
class Transfer:
    """Money sent to a payee's account. `back` is what was reversed since: ids and amounts."""

    id: str
    amount: int
    currency: str
    group: str
    back: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True)
class Moved:
    """What a dispute did to our balance: `amount` below zero was taken, above was given back; `fee` is what it cost."""

    id: str
    amount: int
    fee: int
    currency: str


@dataclass(frozen=True)
class Claim:
    """A dispute at Stripe: a buyer's claim, through their bank, on what they paid."""

    id: str
    intent: str
    amount: int
    currency: str
    reason: str
    status: str
    opened_at: datetime.datetime
    answer_by: datetime.datetime | None  # None: the bank takes no answer
    moved: tuple[Moved, ...] = ()


@dataclass(frozen=True)
class Event:
    """A verified event: only its names are used, its object is asked for again."""

    id: str
    kind: str
    account: str
    object_id: str
    raw: dict[str, Any] = field(repr=False)


@dataclass(frozen=True)
class Movement:
    """One change of our balance at Stripe. What reached it is `amount` less `fee`."""

    id: str
    kind: str  # Stripe's word: charge, refund, transfer ...
    at: datetime.datetime
    currency: str
    amount: int
    fee: int
    source: str  # id of the charge, refund, transfer, reversal or payout it came from
    intent: str = ""  # the payment it belongs to, where it belongs to one
    ours: str = ""  # what we called it: a payment, a refund, a payout
