"""What the causes of the ledger mean in words."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

EVENTS = {
    "sale": _("a seat was paid"),
    "fee": _("a fee was taken"),
    "release": _("a session’s part was shared"),
    "due": _("a partner was paid by their terms"),
    "deposit": _("a deposit reached the bank"),
    "deposit_back": _("a deposit is owed back"),
    "deposit_sent": _("a deposit was sent back"),
    "refund_owed": _("a refund is owed"),
    "refund": _("a refund was sent"),
    "refund_failed": _("a refund came back"),
    "refund_void": _("a refund was taken back"),
    "refund_twice": _("a refund was given twice"),
    "refund_not_twice": _("one of two refunds came back"),
    "carried_out": _("money went along to a later cohort"),
    "carried_in": _("money came along from an earlier cohort"),
    "refund_held": _("a refund waits for the buyer’s bank"),
    "dispute": _("a bank took money back"),
    "dispute-fee": _("a dispute cost a fee"),
    "dispute-won": _("a bank gave money back"),
    "payout": _("a payout was written"),
    "payout-paid": _("a payout was paid"),
    "payout-failed": _("a payout failed"),
    "payout-void": _("a payout was taken back"),
    "payout-reversed": _("a payout was reversed"),
    "stripe": _("Stripe moved money by itself"),
    "bank": _("the bank moved money by itself"),
    "tax-paid": _("withheld tax was paid"),
}


def event(cause: str) -> str:
    """Return what a cause means in words; one we have none for as it is."""
    return str(EVENTS.get(cause.partition(":")[0], cause))


SENTENCES = {
    "release": _("%(run)s, session %(session)s"),
    "due-members": _("For members of the groups: %(run)s, session %(session)s"),
    "due-session": _("For leading: %(run)s, the groups’ session %(session)s"),
    "due-cohort": _("For leading to the end: %(run)s"),
    "due-bonus": _("Bonus for members who completed: %(run)s"),
    "refund_owed": _("Refund in %(run)s"),
    "refund_void": _("Refund taken back: %(run)s"),
    "refund_held": _("Refund that waits for the payer’s bank: %(run)s"),
    "dispute": _("The payer’s bank took money back: %(run)s"),
    "dispute-fee": _("Fee of a dispute: %(run)s"),
    "dispute-won": _("The payer’s bank gave money back: %(run)s"),
    "fee": _("Payment fee of %(run)s"),
    "carried_out": _("Went along with a member who moved on from %(run)s"),
    "payout": _("Payout P%(about)s"),
    "payout-failed": _("Payout P%(about)s came back"),
    "payout-void": _("Payout P%(about)s was taken back"),
    "payout-reversed": _("A payout was fetched back"),
}


@dataclass(frozen=True)
class Told:
    """What an event of money was, as it is told to whoever it paid or cost."""

    cause: str
    due: str = ""  # what a due is for
    run: str = ""  # the study and what it calls the run
    session: int | None = None
    amount: int = 0  # signed, in minor units

    @property
    def words(self) -> str:
        """Return the sentence; an event without one of its own by its cause in words."""
        head, _colon, about = self.cause.partition(":")
        known = SENTENCES.get(f"due-{self.due}" if self.due else head)
        named = {"run": self.run, "session": self.session, "about": about}
        said = str(known % named) if known else " · ".join(part for part in (event(self.cause), self.run) if part)
        return " · ".join([str(_("To partners")), said] if self.due and self.amount < 0 else [said])
