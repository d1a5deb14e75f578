"""Enrollments on the desk: whose place it is, how it was agreed and where it stands."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from cohorts.admin.studies import in_words
from cohorts.agreed import Agreed
from cohorts.models import Enrollment, Membership
from studyplatform.kit.desk.tables import Lines, Table
from studyplatform.kit.money import show


class MembershipInline(Lines):
    model = Membership
    fields = readonly_fields = ("subgroup", "since", "until")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: QuerySet[Any] = super().get_queryset(request).select_related("subgroup")
        return rows


@admin.register(Enrollment)
class EnrollmentAdmin(Table):
    list_display = ("whose", "cohort", "state", "agreed", "joined_at", "created_at")
    list_filter = ("state", "cohort__study", "currency", "came_from_kind")
    list_select_related = ("person__profile", "group", "cohort__study", "terms")
    search_fields = ("public_id", "person__email", "person__profile__pen_name", "cohort__study__title")
    date_hierarchy = "created_at"
    ordering = ("-created_at",)
    fields = readonly_fields = (
        *(
            "public_id",
            "person",
            "group",
            "cohort",
            "state",
            "hold_until",
            "agreed",
            "policy",
            "agreed_terms",
            "introduction",
        ),
        *("came_from_kind", "came_from_id", "joined_at", "created_at", "changes"),
    )
    inlines = (MembershipInline,)
    narrowed_by = ("memberships__subgroup", "group")
    ways = (
        (_("payments"), "payments.payment", "lines__enrollment"),
        (_("case studies"), "showcase.casestudy", "enrollment"),
        (_("seats given"), "cohorts.seatgift", "enrollment"),
    )

    def named(self, row: Enrollment) -> str:
        """Who, in which cohort, how it stands."""
        return f"{row.whose} · {row.cohort} · {row.get_state_display()}"

    @admin.display(description=_("whose"), ordering="person__profile__pen_name")
    def whose(self, row: Enrollment) -> str:
        return row.whose

    @admin.display(description=_("terms"))
    def agreed_terms(self, row: Enrollment) -> str:
        everybodys = Agreed([row.cohort_id]).for_seat(row, None)
        return in_words(row.terms.platform_share, everybodys.partner_share)

    @admin.display(description=_("price agreed"), ordering="price")
    def agreed(self, row: Enrollment) -> str:
        return show(row.price, row.currency)
