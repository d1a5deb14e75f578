"""Cash receipts: asked for by the buyer, issued at Hometax by hand, written down here.

Card payments have their slip and get none. VAT is in the amount. Whoever sells has to issue one on request (소득세법
제162조의3), so a wish stands on the desk until somebody has.
"""

import datetime
from collections.abc import Iterator
from typing import Any

from django.db import transaction
from django.db.models import F, QuerySet, Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from payments.models import CashReceipt, Payment, Receipt
from payments.sealed import CASH_RECEIPT, open_seal, seal
from payments.services import taxes
from studyplatform.accounts.models import User
from studyplatform.kit import history
from studyplatform.kit.errors import Refused

State = CashReceipt.State
UNISSUED, ISSUED = datetime.timedelta(days=365), datetime.timedelta(days=90)  # how long a number is kept
NOT_CASH = (  # nor what a tax invoice proves
    *(Payment.Provider.STRIPE, Payment.Provider.FREE, Payment.Provider.OUTSIDE, Payment.Provider.INVOICE),
)


def offered(payment: Payment) -> bool:
    """Whether a payment gets a cash receipt: won that came, and not by card."""
    came = payment.state == Payment.State.PAID and payment.currency == "KRW" and payment.amount > 0
    return came and payment.provider not in NOT_CASH


def kept(payment: Payment) -> int:
    """Return what of a payment has not gone back, in won."""
    return int(payment.lines.aggregate(sum=Sum(F("amount") - F("refunded")))["sum"] or 0)


@transaction.atomic
def ask(payment: Payment, *, purpose: str, number: str) -> CashReceipt:
    """Note a buyer's wish, or another number while none was issued; `number` was looked at before. Raises Refused."""
    paid = Payment.objects.select_for_update(no_key=True).get(pk=payment.pk)
    if not offered(paid) or not kept(paid):
        raise Refused(_("A payment like this has no cash receipt."))
    standing = CashReceipt.objects.select_for_update().filter(payment=paid).first()
    row = standing or CashReceipt(payment=paid)
    if row.state == State.ISSUED:
        raise Refused(_("Its cash receipt was issued already."))
    before = standing.state if standing else ""
    row.purpose, row.state = purpose, State.ASKED
    row.number_sealed, row.number_last = seal(number, CASH_RECEIPT), number[-4:]
    row.number_until = timezone.now() + UNISSUED
    row.save()
    history.record(row, before, row.state, paid.buyer)
    return row


@transaction.atomic
def issue(admin: User, receipt: CashReceipt, *, approval: str, day: datetime.date) -> CashReceipt:
    """Write down that it was issued at Hometax for what was kept of the payment."""
    row = _locked(receipt)
    amount = kept(row.payment)
    if row.state != State.ASKED or not amount:
        raise Refused(_("Only a cash receipt that was asked for, of money that was kept, can be issued."))
    until = timezone.now() + ISSUED
    history.move(
        row, State.ISSUED, admin, approval=approval, issued_on=day, amount=amount, number_until=until, note=approval
    )
    return row


@transaction.atomic
def cancel(admin: User, receipt: CashReceipt, *, note: str) -> CashReceipt:
    """Write down that it was cancelled at Hometax, most often since money went back; the buyer may ask anew."""
    row = _locked(receipt)
    if row.state != State.ISSUED:
        raise Refused(_("Only a cash receipt that was issued can be cancelled."))
    history.move(row, State.CANCELLED, admin, note=note)
    return row


def _locked(receipt: CashReceipt) -> CashReceipt:
    rows = CashReceipt.objects.select_for_update(of=("self",)).select_related("payment")
    return rows.get(pk=receipt.pk)


def with_kept(rows: QuerySet[CashReceipt]) -> QuerySet[Any]:
    """Add what of each payment has not gone back (`kept`)."""
    found: QuerySet[Any] = rows.annotate(kept=Sum(F("payment__lines__amount") - F("payment__lines__refunded")))
    return found


def to_issue() -> QuerySet[Any]:
    """Return what was asked for and not issued yet."""
    return with_kept(CashReceipt.objects.filter(state=State.ASKED)).filter(kept__gt=0)


def to_correct() -> QuerySet[Any]:
    """Return what was issued for more than was kept since: to be cancelled at Hometax and issued anew."""
    return with_kept(CashReceipt.objects.filter(state=State.ISSUED)).exclude(kept=F("amount"))


def outlived() -> QuerySet[CashReceipt]:
    """Return wishes whose number nothing needs any more."""
    return CashReceipt.objects.exclude(number_sealed="").filter(number_until__lte=timezone.now())


@transaction.atomic
def forget(receipt: CashReceipt) -> None:
    """Erase the number of a wish whose day has come; a second call does nothing."""
    row = outlived().select_for_update().filter(pk=receipt.pk).first()
    if row:
        row.number_sealed, row.number_last, row.number_until = "", "", None
        row.save(update_fields=["number_sealed", "number_last", "number_until"])
        history.record(row, row.state, "number erased", note="its day came")


def header() -> list[str]:
    """Return the names of the columns of the file."""
    return [
        *(_("Receipt"), _("Paid on"), _("Purpose"), _("Phone or business number")),
        *(_("Before VAT, won"), _("VAT, won"), _("Together, won")),
    ]


def rows(admin: User) -> Iterator[list[Any]]:
    """Yield what is to be issued, with the numbers it goes to; who fetched it is kept."""
    history.record(admin, "", "tax file", admin, note="cash receipts")
    for row in to_issue().select_related("payment").order_by("asked_at", "pk"):
        paid_on = timezone.localdate(row.payment.paid_at or row.asked_at, timezone.get_default_timezone())
        number = open_seal(row.number_sealed, CASH_RECEIPT) if row.number_sealed else ""
        vat, receipt = taxes.vat_in(row.kept), Receipt.objects.filter(payment=row.payment).first()
        named = [str(receipt or row.payment.public_id), paid_on.isoformat(), row.get_purpose_display(), number]
        yield [*named, row.kept - vat, vat, row.kept]
