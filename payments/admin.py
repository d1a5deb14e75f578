"""Money in Django admin: desks that act through the same verbs as everything else, and books nobody can edit."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.db.models import Count, QuerySet, Sum
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from payments.models import (
    LedgerAccount,
    LedgerEntry,
    LedgerTransaction,
    Payee,
    Payment,
    Payout,
    PayoutBatch,
    Refund,
    StripeEvent,
)
from payments.services import batches, payouts
from studyplatform.kit.errors import Refused
from studyplatform.kit.money import show


class ReadOnly(admin.ModelAdmin[Any]):
    """Rows are looked at here and changed only by verbs."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


def each(model_admin: Any, request: HttpRequest, rows: QuerySet[Any], verb: Callable[[Any], Any], done: str) -> None:
    """Run a verb on every ticked row and say how each went."""
    for row in rows:
        try:
            verb(row)
        except Refused as refusal:
            model_admin.message_user(request, f"{row}: {refusal}", messages.ERROR)
        else:
            model_admin.message_user(request, f"{row}: {done}", messages.SUCCESS)


@admin.register(Payment)
class PaymentAdmin(ReadOnly):
    list_display = ("public_id", "buyer", "sum", "state", "method", "created_at", "paid_at")
    list_filter = ("state", "currency", "provider")
    search_fields = ("public_id", "reference", "intent", "buyer__email")

    @admin.display(description=_("amount"), ordering="amount")
    def sum(self, row: Payment) -> str:
        return show(row.amount, row.currency)


@admin.register(Refund)
class RefundAdmin(ReadOnly):
    list_display = ("id", "line", "amount", "cause", "state", "created_at", "error")
    list_filter = ("state", "cause")


@admin.register(StripeEvent)
class StripeEventAdmin(ReadOnly):
    list_display = ("event_id", "kind", "object_id", "received_at", "done_at", "attempts", "error")
    list_filter = ("kind",)
    search_fields = ("event_id", "object_id")


@admin.register(Payee)
class PayeeAdmin(ReadOnly):
    list_display = ("person", "country", "currency", "rail", "bank", "account_ending", "enabled")
    list_filter = ("rail", "currency", "enabled")
    search_fields = ("person__email", "holder")
    exclude = ("account_sealed",)


@admin.register(Payout)
class PayoutAdmin(ReadOnly):
    list_display = ("id", "payee", "sum", "state", "batch", "created_at", "paid_at", "reason")
    list_filter = ("state", "currency")
    search_fields = ("payee__person__email",)
    actions = ("make_batch", "sent_back")

    @admin.display(description=_("amount"), ordering="amount")
    def sum(self, row: Payout) -> str:
        return show(row.amount, row.currency)

    @admin.action(description=_("Put everything that waits into a batch"), permissions=["view"])
    def make_batch(self, request: HttpRequest, rows: QuerySet[Payout]) -> None:
        for currency in sorted(set(rows.values_list("currency", flat=True))):
            try:
                batch = batches.make(request.user, currency)  # type: ignore[arg-type]
            except Refused as refusal:
                self.message_user(request, f"{currency}: {refusal}", messages.ERROR)
            else:
                self.message_user(
                    request, _("Batch %(batch)s is ready to be checked by somebody else.") % {"batch": batch.pk}
                )

    @admin.action(description=_("The bank sent it back"), permissions=["view"])
    def sent_back(self, request: HttpRequest, rows: QuerySet[Payout]) -> None:
        reason = str(_("sent back by the bank"))
        each(self, request, rows, lambda row: payouts.mark_failed(request.user, row, reason=reason), reason)  # type: ignore[arg-type]


@admin.register(PayoutBatch)
class PayoutBatchAdmin(ReadOnly):
    list_display = ("id", "state", "currency", "lines", "total", "maker", "checker", "file_hash")
    list_filter = ("state", "currency")
    exclude = ("file",)
    actions = ("approve", "export", "all_paid", "give_up")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).annotate(count=Count("payouts"), sum=Sum("payouts__amount"))

    @admin.display(description=_("payouts"))
    def lines(self, row: Any) -> int:
        return int(row.count)

    @admin.display(description=_("total"))
    def total(self, row: Any) -> str:
        return show(row.sum or 0, row.currency)

    @admin.action(description=_("Approve (not your own)"), permissions=["view"])
    def approve(self, request: HttpRequest, rows: QuerySet[PayoutBatch]) -> None:
        each(self, request, rows, lambda row: batches.approve(request.user, row), str(_("approved")))  # type: ignore[arg-type]

    @admin.action(description=_("Make the bank file of one batch"), permissions=["view"])
    def export(self, request: HttpRequest, rows: QuerySet[PayoutBatch]) -> HttpResponse | None:
        if rows.count() != 1:
            self.message_user(request, _("Tick exactly one batch."), messages.ERROR)
            return None
        try:
            batch = batches.export(request.user, rows[0])  # type: ignore[arg-type]
        except Refused as refusal:
            self.message_user(request, str(refusal), messages.ERROR)
            return None
        headers = {"Content-Disposition": f'attachment; filename="batch-{batch.pk}.csv"'}
        return HttpResponse(batch.file, content_type="text/csv; charset=utf-8", headers=headers)

    @admin.action(description=_("The bank paid all that is left in it"), permissions=["view"])
    def all_paid(self, request: HttpRequest, rows: QuerySet[PayoutBatch]) -> None:
        each(self, request, rows, lambda row: batches.confirm(request.user, row, {}), str(_("confirmed")))  # type: ignore[arg-type]

    @admin.action(description=_("Give up an unchecked batch"), permissions=["view"])
    def give_up(self, request: HttpRequest, rows: QuerySet[PayoutBatch]) -> None:
        each(self, request, rows, lambda row: batches.void(request.user, row), str(_("given up")))  # type: ignore[arg-type]


class EntryInline(admin.TabularInline[LedgerEntry, LedgerTransaction]):
    model = LedgerEntry
    can_delete = False
    extra = 0

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(LedgerTransaction)
class LedgerTransactionAdmin(ReadOnly):
    list_display = ("cause", "at", "session", "line")
    search_fields = ("cause",)
    date_hierarchy = "at"
    inlines = (EntryInline,)


@admin.register(LedgerAccount)
class LedgerAccountAdmin(ReadOnly):
    list_display = ("kind", "currency", "cohort", "person", "balance")
    list_filter = ("kind", "currency")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).annotate(sum=Sum("entries__amount"))

    @admin.display(description=_("balance"), ordering="sum")
    def balance(self, row: Any) -> str:
        return show(row.sum or 0, row.currency)
