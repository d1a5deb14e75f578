"""Companies' seats on the desk: who asked, for how many, at what price, how it stands."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from cohorts.models import SeatGroup
from cohorts.services import seat_groups
from studyplatform.kit.desk.tables import Table
from studyplatform.kit.desk.waits import waits
from studyplatform.kit.money import show


@admin.register(SeatGroup)
class SeatGroupAdmin(Table):
    list_display = ("company", "quote", "cohort", "state", "filled", "together", "good_until", "created_at")
    list_filter = (
        waits(overdue=(_("invoice not paid in time"), seat_groups.overdue)),
        "state",
        "cohort__study",
        "currency",
    )
    list_select_related = ("cohort__study", "buyer__profile")
    search_fields = ("company", "business_number", "contact", "contact_email", "buyer__email", "public_id")
    date_hierarchy = "created_at"
    ordering = ("-created_at",)
    fields = readonly_fields = (
        *("quote", "company", "number", "contact", "contact_email", "buyer", "cohort", "state", "filled", "gave_back"),
        *("each", "together", "policy", "language", "good_until", "pay_by", "created_at", "changes"),
    )
    ways = (
        (_("enrollments"), "cohorts.enrollment", "group"),
        (_("payments"), "payments.payment", "lines__enrollment__group"),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return seat_groups.counted(super().get_queryset(request))

    @admin.display(description=_("named"))
    def filled(self, row: Any) -> str:
        return f"{row.named} / {row.left}"

    @admin.display(description=_("given back"))
    def gave_back(self, row: Any) -> str:
        return str(row.gone) if row.gone else "–"

    @admin.display(description=_("quote"))
    def quote(self, row: SeatGroup) -> str:
        return row.number

    @admin.display(description=_("business number"))
    def number(self, row: SeatGroup) -> str:
        return row.business_shown or "–"

    @admin.display(description=_("price of each"))
    def each(self, row: SeatGroup) -> str:
        return show(row.price, row.currency)

    @admin.display(description=_("together"))
    def together(self, row: SeatGroup) -> str:
        return show(row.amount, row.currency)
