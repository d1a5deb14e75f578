"""Refunds on the desk: what goes back to whom and why, sending again what failed, sending by hand what cannot go."""

from django import forms
from django.contrib import admin
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from payments import sealed
from payments.models import DepositOrder, Payment, Refund
from payments.services import refunds
from studyplatform.kit.desk.deeds import deed
from studyplatform.kit.desk.tables import Table, linked
from studyplatform.kit.desk.waits import waits
from studyplatform.kit.money import show

DAY = forms.DateInput({"type": "date"}, format="%Y-%m-%d")
CAUSES = {
    "late": _("paid too late"),
    "called_off": _("cohort called off"),
    "left": _("left the cohort"),
    "seat_back": _("company gave the seat back"),
    "retry": _("sent again"),
    "elsewhere": _("made at Stripe"),
    "rest": _("the rest of another"),
    "host": _("given by the host"),
}


def why(cause: str) -> str:
    """Return a refund's cause in words; one we have none for as it is."""
    return str(CAUSES.get(cause.partition(":")[0], cause))


class Transfer(forms.Form):
    """What the bank says of a transfer somebody made."""

    on = forms.DateField(label=_("Day it left the bank"), widget=DAY)
    reference = forms.CharField(
        label=_("Reference at the bank"), max_length=100, help_text=_("As the statement has it, so that it is found.")
    )


def _to_whom(row: Refund) -> list[str]:
    payment = row.line.payment
    paid = _("%(sum)s paid, payment %(payment)s") % {
        "sum": show(payment.amount, payment.currency),
        "payment": payment.public_id,
    }
    return [row.get_state_display(), payment.buyer.email, str(paid), *_account(payment), *filter(None, [row.error])]


def _account(payment: Payment) -> list[str]:
    """Where money of a deposit goes back to, as its buyer said."""
    order = DepositOrder.objects.filter(payment=payment).first()
    return [f"{order.bank} {sealed.number_of(order)} {order.holder}"] if order and order.account_sealed else []


@admin.register(Refund)
class RefundAdmin(Table):
    list_display = ("member", "sum", "because", "state", "created_at", "error")
    list_filter = (
        waits(again=(_("failed, not sent again"), refunds.not_sent_again)),
        "state",
        "line__enrollment__cohort__study",
    )
    list_select_related = ("line__payment__buyer__profile", "line__enrollment__cohort__study")
    search_fields = ("line__payment__buyer__email", "line__payment__public_id", "reference")
    date_hierarchy = "created_at"
    ordering = ("-created_at",)
    fields = readonly_fields = (
        *("member", "sum", "because", "state", "payment", "seat", "reference", "created_at", "due_at", "done_at"),
        *("attempts", "error", "changes"),
    )
    narrowed_by = ("line__payment", "line__enrollment")
    ways = ()
    handled_by = "payments.handle_refunds"
    actions = ("send_again", "by_hand", "sent_by_hand")
    offered = {"send_again": ("failed",), "by_hand": ("owed", "failed"), "sent_by_hand": ("manual",)}

    def named(self, row: Refund) -> str:
        """To whom, how much, why."""
        return f"{self.member(row)} · {self.sum(row)} · {why(row.cause)}"

    @admin.display(description=_("member"))
    def member(self, row: Refund) -> str:
        return str(row.line.payment.buyer)

    @admin.display(description=_("amount"), ordering="amount")
    def sum(self, row: Refund) -> str:
        return show(row.amount, row.line.payment.currency)

    @admin.display(description=_("cause"), ordering="cause")
    def because(self, row: Refund) -> str:
        return why(row.cause)

    @admin.display(description=_("payment"))
    def payment(self, row: Refund) -> SafeString | str:
        payment = row.line.payment
        return linked(payment, f"{payment.public_id} · {show(payment.amount, payment.currency)}")

    @admin.display(description=_("seat"))
    def seat(self, row: Refund) -> SafeString | str:
        return linked(row.line.enrollment, row.line.enrollment.cohort)

    send_again = deed(
        _("Send again what failed"),
        lambda actor, row, said: refunds.retry(row, actor),
        says=_("A new refund of the same amount leaves within a minute. It is owed already, so nothing is booked."),
        done=_("on its way again"),
        permission="handle",
        about=lambda row: [row.get_state_display(), *filter(None, [row.error])],
    )
    by_hand = deed(
        _("Make it by hand"),
        lambda actor, row, said: refunds.by_hand(row, actor),
        says=_("It is not sent to Stripe. Send it from the bank, then write down here that it was sent."),
        done=_("to be made by hand"),
        permission="handle",
        about=_to_whom,
    )
    sent_by_hand = deed(
        _("Sent by hand"),
        lambda actor, row, said: refunds.sent_by_hand(row, actor, **said),
        says=_("Only after the transfer was made: it is booked as gone from the bank, and the buyer is told."),
        done=_("written down as sent"),
        permission="handle",
        form=Transfer,
        about=_to_whom,
        single=True,
    )
