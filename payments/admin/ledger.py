"""The books on the desk: every event of money in words, the accounts it moved between, what stands in each."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet, Sum
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from payments.models import LedgerAccount, LedgerEntry, LedgerTransaction
from studyplatform.kit.desk.tables import Lines, Table, linked
from studyplatform.kit.money import show

EVENTS = {
    "sale": _("a seat was paid"),
    "fee": _("a fee was taken"),
    "release": _("a session’s part was shared"),
    "due": _("a partner was paid by their terms"),
    "refund_owed": _("a refund is owed"),
    "refund": _("a refund was sent"),
    "refund_failed": _("a refund came back"),
    "refund_void": _("a refund was taken back"),
    "payout": _("a payout was written"),
    "payout-paid": _("a payout was paid"),
    "payout-failed": _("a payout failed"),
    "payout-void": _("a payout was taken back"),
    "payout-reversed": _("a payout was reversed"),
}


def event(cause: str) -> str:
    """Return what a cause means in words; one we have none for as it is."""
    return str(EVENTS.get(cause.partition(":")[0], cause))


def place(account: LedgerAccount) -> str:
    """Return an account in words: its kind and whose it is."""
    return " · ".join(str(part) for part in (account.get_kind_display(), account.cohort or account.person) if part)


class EventFilter(admin.SimpleListFilter):
    """What happened, by the beginning of the cause."""

    title = _("what happened")
    parameter_name = "event"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return list(EVENTS.items())

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(cause__startswith=f"{self.value()}:") if self.value() else queryset


class EntryInline(Lines):
    model = LedgerEntry
    fields = readonly_fields = ("where", "money")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: QuerySet[Any] = super().get_queryset(request)
        return rows.select_related("account__cohort__study", "account__person__profile").order_by("pk")

    @admin.display(description=_("account"))
    def where(self, row: LedgerEntry) -> SafeString | str:
        return linked(row.account, place(row.account))

    @admin.display(description=_("amount"))
    def money(self, row: LedgerEntry) -> str:
        return show(row.amount, row.account.currency)


@admin.register(LedgerTransaction)
class LedgerTransactionAdmin(Table):
    list_display = ("what", "member", "where", "at", "cause")
    list_filter = (EventFilter,)
    list_select_related = (
        *("session__cohort__study", "line__payment__buyer__profile", "line__enrollment__cohort__study"),
        "due__cohort__study",
    )
    search_fields = ("cause", "line__payment__buyer__email", "line__payment__public_id")
    date_hierarchy = "at"
    ordering = ("-at", "-pk")
    fields = readonly_fields = ("what", "at", "member", "payment", "where", "meeting", "cause")
    inlines = (EntryInline,)
    narrowed_by = ("line__payment", "line__enrollment", "entries__account", "due")

    def named(self, row: LedgerTransaction) -> str:
        """What happened, to whom."""
        return f"{event(row.cause)} · {self.member(row)}"

    @admin.display(description=_("what happened"), ordering="cause")
    def what(self, row: LedgerTransaction) -> str:
        return event(row.cause)

    @admin.display(description=_("member"))
    def member(self, row: LedgerTransaction) -> str:
        return str(row.line.payment.buyer) if row.line else "–"

    @admin.display(description=_("payment"))
    def payment(self, row: LedgerTransaction) -> SafeString | str:
        return linked(row.line.payment, row.line.payment.public_id) if row.line else "–"

    @admin.display(description=_("cohort"))
    def where(self, row: LedgerTransaction) -> str:
        if row.line:
            return str(row.line.enrollment.cohort)
        about = row.session or row.due
        return str(about.cohort) if about else "–"

    @admin.display(description=_("session"))
    def meeting(self, row: LedgerTransaction) -> str:
        return row.session.name if row.session else "–"


@admin.register(LedgerAccount)
class LedgerAccountAdmin(Table):
    list_display = ("kind", "owner", "currency", "balance")
    list_filter = ("kind", "currency")
    list_select_related = ("cohort__study", "person__profile")
    search_fields = ("cohort__study__title", "person__email", "person__profile__pen_name")
    fields = readonly_fields = ("kind", "cohort", "person", "currency", "balance")
    ways = ((_("ledger transactions"), "payments.ledgertransaction", "entries__account"),)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: QuerySet[Any] = super().get_queryset(request).annotate(sum=Sum("entries__amount"))
        return rows

    def named(self, row: LedgerAccount) -> str:
        """Its kind and whose it is."""
        return f"{place(row)} · {row.currency}"

    @admin.display(description=_("whose"))
    def owner(self, row: LedgerAccount) -> str:
        return str(row.cohort or row.person or "–")

    @admin.display(description=_("balance"), ordering="sum")
    def balance(self, row: Any) -> str:
        return show(row.sum or 0, row.currency)
