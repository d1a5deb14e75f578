"""What each way to pay can do: the seam between a payment and whoever moves its money."""

import datetime
from typing import Any, NamedTuple, Protocol

from django.utils.functional import Promise

from cohorts.models import Cohort
from payments.models import Payment, Refund
from payments.truth import Page


class Shown(NamedTuple):
    """The page an open payment's buyer sees (`payments/checkout/<outcome>.html`), and what it tells."""

    outcome: str
    more: dict[str, Any]


class Way(Protocol):
    """One way to pay. None of its verbs runs in a transaction; what it does outside raises gateway.Trouble."""

    @property
    def title(self) -> str | Promise:
        """What it is called where somebody chooses."""

    @property
    def says(self) -> str | Promise:
        """What choosing it means."""

    def offered(self, cohort: Cohort) -> bool:
        """Whether a seat of this cohort can be paid this way now."""

    def begin(self, payment: Payment) -> Payment:
        """Make a new payment ready to be paid; when nobody answers it comes back as it stands."""

    def look(self, payment: Payment) -> tuple[Payment, Page | None]:
        """Bring a payment to where its money is; the page is what the provider says of it, if it was asked."""

    def next_look(self, payment: Payment) -> datetime.datetime:
        """Return when the drain should look at a payment again that is not settled."""

    def close(self, payment: Payment, *, keep_seat: bool = False) -> Payment:
        """End a payment its buyer does not want any more. Money that came first wins.

        `keep_seat`: the seat stays theirs, since they pay for it another way at once.
        """

    def shown(self, payment: Payment, page: Page | None) -> Shown:
        """Return what the buyer of an open payment is shown."""

    def give_back(self, refund: Refund) -> None:
        """Take one claimed refund a step on: send it once, or ask what became of it."""
