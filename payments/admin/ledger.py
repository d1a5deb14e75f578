"""The books on the desk: every event of money in words, the accounts it moved between, what stands in each."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet, Sum
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from payments.causes import EVENTS, event
from payments.forms.books import BooksForm
from payments.models import LedgerAccount, LedgerEntry, LedgerTransaction
from payments.services import books
from studyplatform.kit import tables
from studyplatform.kit.desk.tables import Lines, Table, linked
from studyplatform.kit.money import show
from studyplatform.kit.months import Month


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
    list_before_template = "payments/admin/ledger.html"

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.books)
        return [path("books/", view, name=self._name("books")), *super().get_urls()]

    @property
    def last_month(self) -> Month:
        """The month an accountant asks for."""
        return Month.of(timezone.now()).before

    def books(self, request: HttpRequest) -> HttpResponseBase:
        """Everything booked in a month, as a table to download."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        form = BooksForm(request.GET)
        if not form.is_valid():
            self.message_user(request, _("Write the month as 2026-11."), messages.ERROR)
            return redirect("admin:payments_ledgertransaction_changelist")
        month, ending = form.cleaned_data["month"], form.cleaned_data["ending"]
        return tables.response(f"books-{month}", ending, books.header(), books.rows(month))

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
