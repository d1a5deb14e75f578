"""What is compared each night on the desk: what Stripe and banks say moved, and how far each night came."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from payments.models import BankMovement, Reconciliation, StripeMovement
from studyplatform.kit import queue
from studyplatform.kit.desk.deeds import deed
from studyplatform.kit.desk.stands import Stands
from studyplatform.kit.desk.tables import Table
from studyplatform.kit.money import show


@admin.register(StripeMovement)
class StripeMovementAdmin(Table):
    list_display = ("kind", "sum", "taken", "source", "at", "reference")
    list_filter = ("kind", "currency")
    search_fields = ("reference", "source", "intent", "ours")
    date_hierarchy = "at"
    ordering = ("-at", "-pk")
    fields = readonly_fields = ("kind", "sum", "taken", "reached", "source", "intent", "ours", "at", "reference")

    def named(self, row: StripeMovement) -> str:
        """Stripe's word for it, and how much."""
        return f"{row.kind} · {self.sum(row)}"

    @admin.display(description=_("amount"), ordering="amount")
    def sum(self, row: StripeMovement) -> str:
        return show(row.amount, row.currency)

    @admin.display(description=_("fee"), ordering="fee")
    def taken(self, row: StripeMovement) -> str:
        return show(row.fee, row.currency)

    @admin.display(description=_("reached the balance"))
    def reached(self, row: StripeMovement) -> str:
        return show(row.net, row.currency)


@admin.register(BankMovement)
class BankMovementAdmin(Table):
    list_display = ("at", "words", "sum", "there", "stands_for", "account")
    list_filter = ("account",)
    list_select_related = ("account",)
    search_fields = ("words", "reference", "stands_for")
    date_hierarchy = "at"
    ordering = ("-at", "-pk")
    fields = readonly_fields = ("at", "words", "sum", "there", "stands_for", "account", "reference", "read_at")

    def named(self, row: BankMovement) -> str:
        """What the bank says, and how much."""
        return f"{row.words or '–'} · {self.sum(row)}"

    @admin.display(description=_("amount"), ordering="amount")
    def sum(self, row: BankMovement) -> str:
        return show(row.amount, row.account.currency)

    @admin.display(description=_("was there then"), ordering="balance")
    def there(self, row: BankMovement) -> str:
        return "–" if row.balance is None else show(row.balance, row.account.currency)


@admin.register(Reconciliation)
class ReconciliationAdmin(Table):
    list_display = ("night", "since", "until", "step", "done_at", "error")
    list_filter = (Stands,)
    ordering = ("-night",)
    fields = readonly_fields = (
        "night",
        "since",
        "until",
        "step",
        "started_at",
        "done_at",
        "attempts",
        "error",
        "changes",
    )
    actions = ("try_again",)

    def named(self, row: Reconciliation) -> str:
        """The night it is of."""
        return row.night.isoformat()

    try_again = deed(
        _("Try again now"),
        lambda actor, row, said: queue.try_now(actor, row),
        says=_("It goes on where it was. What was compared already is not compared again."),
        done=_("due now"),
    )
