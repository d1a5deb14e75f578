"""Subgroups on the desk: who leads them, how full they are, naming a lead."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminEmailInputWidget

from cohorts.models import Leadership, PartnerInvitation, Subgroup
from cohorts.services import partner_invitations, partners
from studyplatform.kit.desk.deeds import deed
from studyplatform.kit.desk.tables import Lines, Table, linked
from studyplatform.kit.moments import moment


class Lead(forms.Form):
    """Who leads from now on."""

    email = forms.EmailField(label=_("Their e-mail address"), widget=UnfoldAdminEmailInputWidget)


class LeadershipInline(Lines):
    model = Leadership
    fields = readonly_fields = ("who", "kind", "since", "until")
    verbose_name_plural = _("led by")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: QuerySet[Any] = super().get_queryset(request).select_related("partner__person__profile")
        return rows.order_by("-pk")

    @admin.display(description=_("partner"))
    def who(self, row: Leadership) -> SafeString | str:
        return linked(row.partner)

    @admin.display(description=_("since"))
    def since(self, row: Leadership) -> str:
        return moment(row.period.lower)

    @admin.display(description=_("until"))
    def until(self, row: Leadership) -> str:
        return moment(row.period.upper) if row.period.upper else "–"


class InvitationInline(Lines):
    model = PartnerInvitation
    fields = readonly_fields = ("email", "host", "how", "created_at", "expires_at")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: QuerySet[Any] = super().get_queryset(request).select_related("host__profile")
        return rows.order_by("-pk")

    @admin.display(description=_("how it stands"))
    def how(self, row: PartnerInvitation) -> str:
        return row.stands


@admin.register(PartnerInvitation)
class InvitationAdmin(Table):
    list_display = ("email", "group", "host", "how", "created_at", "expires_at")
    list_filter = ("state", "subgroup__cohort__study")
    list_select_related = ("subgroup__cohort__study", "host__profile")
    search_fields = ("email", "host__email", "host__profile__pen_name", "subgroup__topic")
    date_hierarchy = "created_at"
    ordering = ("-created_at",)
    fields = readonly_fields = (
        *("email", "subgroup", "group", "host", "how", "partner", "created_at", "expires_at", "changes"),
    )
    actions = ("take_back",)

    @admin.display(description=_("subgroup"))
    def group(self, row: PartnerInvitation) -> str:
        return f"{row.subgroup.cohort} · {row.subgroup}"

    @admin.display(description=_("how it stands"), ordering="state")
    def how(self, row: PartnerInvitation) -> str:
        return row.stands

    take_back = deed(
        _("Take back"),
        lambda actor, row, said: partner_invitations.withdraw(actor, row),
        says=_("It can no longer be answered. Whoever asked can ask again."),
        done=_("taken back"),
    )


@admin.register(Subgroup)
class SubgroupAdmin(Table):
    list_display = ("topic", "cohort", "lead", "taken", "capacity", "weekday", "meets_at")
    list_filter = ("weekday", "cohort__state")
    list_select_related = ("cohort__study",)
    search_fields = ("topic", "cohort__study__title", "leaderships__partner__person__profile__pen_name")
    ordering = ("-cohort__starts_on", "position")
    fields = readonly_fields = ("topic", "cohort", "lead", "taken", "capacity", "weekday", "meets_at", "minutes")
    inlines = (LeadershipInline, InvitationInline)
    ways = (
        (_("memberships"), "cohorts.enrollment", "memberships__subgroup"),
        (_("invitations"), "cohorts.partnerinvitation", "subgroup"),
    )
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
        says=_("A partner leads from now on and is told by letter; anybody else is asked first."),
        done=_("has a new lead, or somebody is asked"),
        form=Lead,
    )
