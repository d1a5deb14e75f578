"""Subgroups on the desk: who leads them, how full they are, naming a lead."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminEmailInputWidget

from cohorts.models import Leadership, Subgroup
from cohorts.services import partners
from studyplatform.kit.desk.deeds import deed
from studyplatform.kit.desk.tables import Lines, Table


class Lead(forms.Form):
    """Who leads from now on."""

    email = forms.EmailField(label=_("Their e-mail address"), widget=UnfoldAdminEmailInputWidget)


class LeadershipInline(Lines):
    model = Leadership
    fields = readonly_fields = ("partner", "kind", "period")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: QuerySet[Any] = super().get_queryset(request).select_related("partner__person__profile")
        return rows


@admin.register(Subgroup)
class SubgroupAdmin(Table):
    list_display = ("topic", "cohort", "lead", "taken", "capacity", "weekday", "meets_at")
    list_filter = ("weekday", "cohort__state")
    list_select_related = ("cohort__study",)
    search_fields = ("topic", "cohort__study__title", "leaderships__partner__person__profile__pen_name")
    ordering = ("-cohort__starts_on", "position")
    fields = readonly_fields = ("topic", "cohort", "lead", "taken", "capacity", "weekday", "meets_at", "minutes")
    inlines = (LeadershipInline,)
    actions = ("name_lead",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        now = Leadership.objects.filter(kind=Leadership.Kind.LEAD, period__contains=timezone.now())
        leads = Prefetch("leaderships", now.select_related("partner__person__profile"), to_attr="leads")
        rows: QuerySet[Any] = super().get_queryset(request).prefetch_related(leads)
        return rows

    @admin.display(description=_("led by"))
    def lead(self, row: Any) -> str:
        return ", ".join(str(one.partner) for one in row.leads) or "–"

    name_lead = deed(
        _("Name who leads"),
        lambda actor, row, said: partners.appoint(actor, row, said["email"]),
        says=_("They lead from now on, whoever leads now stops, and they are told by letter."),
        done=_("has a new lead"),
        form=Lead,
    )
