"""Dues on the desk: what partners earned by the amounts of their terms, and what of it the host's share has paid."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from payments.models import Due
from payments.services import dues
from studyplatform.kit.desk.tables import Table, linked
from studyplatform.kit.desk.waits import waits
from studyplatform.kit.money import show


@admin.register(Due)
class DueAdmin(Table):
    list_display = ("person", "kind", "cohort", "sum", "paid_so_far", "missing_still", "at")
    list_filter = (waits(owed=(_("owed still"), lambda: dues.unpaid(Due.objects.all()))), "kind", "cohort__study")
    list_select_related = ("person__profile", "cohort__study")
    search_fields = ("person__email", "person__profile__pen_name", "cohort__study__title")
    date_hierarchy = "at"
    ordering = ("-at", "-pk")
    fields = readonly_fields = ("person", "kind", "where", "meeting", "sum", "paid_so_far", "missing_still", "at")
    ways = ((_("ledger transactions"), "payments.ledgertransaction", "due"),)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return dues.with_paid(super().get_queryset(request))

    def named(self, row: Due) -> str:
        """Who, how much, what for."""
        return f"{row.person} · {self.sum(row)} · {row.get_kind_display()}"

    @admin.display(description=_("cohort"))
    def where(self, row: Due) -> SafeString | str:
        return linked(row.cohort)

    @admin.display(description=_("session"))
    def meeting(self, row: Due) -> SafeString | str:
        return linked(row.session, row.session.name) if row.session else "–"

    @admin.display(description=_("amount"), ordering="amount")
    def sum(self, row: Due) -> str:
        return show(row.amount, row.cohort.currency)

    @admin.display(description=_("paid"), ordering="paid")
    def paid_so_far(self, row: Any) -> str:
        return show(row.paid, row.cohort.currency)

    @admin.display(description=_("owed still"), ordering="missing")
    def missing_still(self, row: Any) -> str:
        return show(row.missing, row.cohort.currency)
