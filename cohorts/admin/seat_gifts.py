"""Seats given on the desk: whose, to whom, how it stands. Read only; the link in the letter is shown to nobody."""

from django.contrib import admin
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from cohorts.models import SeatGift
from studyplatform.kit.desk.tables import Table, linked


@admin.register(SeatGift)
class SeatGiftAdmin(Table):
    list_display = ("giver", "cohort", "name", "state", "created_at", "expires_at")
    list_display_links = ("giver",)
    list_filter = ("state", "enrollment__cohort__study")
    list_select_related = ("enrollment__person__profile", "enrollment__cohort__study", "place__person__profile")
    search_fields = ("enrollment__person__email", "enrollment__person__profile__pen_name", "name", "email")
    date_hierarchy = "created_at"
    ordering = ("-created_at",)
    fields = readonly_fields = (
        *("old_place", "name", "email", "words", "state", "new_place", "created_at", "expires_at", "changes"),
    )
    narrowed_by = ("enrollment", "place")

    def named(self, row: SeatGift) -> str:
        """Whose seat, to whom, how it stands."""
        return f"{row.enrollment.person} · {row.name} · {row.stands}"

    @admin.display(description=_("giver"), ordering="enrollment__person")
    def giver(self, row: SeatGift) -> str:
        return str(row.enrollment.person)

    @admin.display(description=_("cohort"))
    def cohort(self, row: SeatGift) -> str:
        return str(row.enrollment.cohort)

    @admin.display(description=_("seat of"))
    def old_place(self, row: SeatGift) -> SafeString | str:
        return linked(row.enrollment, str(row.enrollment.person))

    @admin.display(description=_("now the seat of"))
    def new_place(self, row: SeatGift) -> SafeString | str:
        return linked(row.place, str(row.place.person)) if row.place else "–"
