"""Studies and cohorts on the desk: who runs them, how full they are, calling one off."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Count, Prefetch, Q, QuerySet, Sum
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from cohorts import agreed, minimums
from cohorts.models import Cohort, Enrollment, Session, Study, StudyRole, Terms
from cohorts.models.terms import PER_CENT
from cohorts.services import cohorts, terms
from cohorts.worth import NOTHING, deal_of
from studyplatform.kit.desk.deeds import Said, deed
from studyplatform.kit.desk.tables import Lines, Table
from studyplatform.kit.desk.waits import waits
from studyplatform.kit.money import BASIS, show

HOSTS = StudyRole.objects.select_related("person__profile").order_by("pk")
SHORT = (_("below the minimum, decided within a week"), minimums.short)


def names_of_hosts(study: Study) -> str:
    """Return who runs a study whose roles are fetched."""
    return ", ".join(role.person.name for role in study.roles.all())


class RoleInline(Lines):
    model = StudyRole
    fields = readonly_fields = ("person", "kind")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: QuerySet[Any] = super().get_queryset(request).select_related("person__profile")
        return rows


@admin.register(Study)
class StudyAdmin(Table):
    list_display = ("title", "hosts", "state", "language", "runs", "slug", "created_at")
    list_filter = ("state", "language", "wording")
    search_fields = ("title", "slug", "roles__person__email", "roles__person__profile__pen_name")
    ordering = ("-created_at",)
    fields = readonly_fields = (
        *("title", "promise", "slug", "state", "language", "wording", "payee", "for_whom", "not_for", "host_words"),
        *("created_at", "changed_at", "changes"),
    )
    inlines = (RoleInline,)
    narrowed_by = ("roles__person",)
    ways = ((_("cohorts"), "cohorts.cohort", "study"),)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: QuerySet[Any] = super().get_queryset(request).annotate(count=Count("cohorts", distinct=True))
        return rows.prefetch_related(Prefetch("roles", HOSTS))

    @admin.display(description=_("run by"))
    def hosts(self, row: Study) -> str:
        return names_of_hosts(row)

    @admin.display(description=_("cohorts"), ordering="count")
    def runs(self, row: Any) -> int:
        return int(row.count)


def what_calling_off_does(cohort: Cohort) -> Sequence[str]:
    """Say in numbers what calling a cohort off does."""
    members = cohort.enrollments.filter(state__in=Enrollment.BELONGS)
    paid = members.aggregate(sum=Sum("price"))["sum"] or 0
    paying = cohort.enrollments.filter(state__in=["held", "offered"]).count()
    sessions = cohort.sessions.filter(state=Session.State.PLANNED).count()
    count = members.count()
    return (
        ngettext("%(n)s member is told by letter.", "%(n)s members are told by letter.", count) % {"n": count},
        _("%(sum)s was agreed for their seats; what they paid goes back in full.")
        % {"sum": show(paid, cohort.currency)},
        ngettext("%(n)s session is cancelled.", "%(n)s sessions are cancelled.", sessions) % {"n": sessions},
        ngettext("%(n)s seat being paid for is freed.", "%(n)s seats being paid for are freed.", paying)
        % {"n": paying},
    )


class Shares(forms.Form):
    """Who gets which part from the next seat on; the host has the remainder."""

    platform = forms.DecimalField(
        label=_("The platform’s part, in per cent"),
        min_value=0,
        max_value=100,
        decimal_places=2,
    )
    partner = forms.DecimalField(
        label=_("The partners’ part, in per cent"),
        min_value=0,
        max_value=100,
        decimal_places=2,
    )

    reserve = forms.DecimalField(
        label=_("Held back of what sessions bring the host, in per cent"),
        min_value=0,
        max_value=100,
        decimal_places=2,
        required=False,
        help_text=_("Empty: as it is now."),
    )
    reserve_days = forms.IntegerField(
        label=_("For so many days"),
        min_value=0,
        max_value=365,
        required=False,
        help_text=_("0: until the cohort ends. Empty: as it is now."),
    )

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        if sum(found.get(name) or 0 for name in ("platform", "partner")) > 100:
            self.add_error("partner", _("Platform and partners cannot get more than the whole."))
        return found


def agreed_on(said: Said) -> dict[str, Any]:
    """Return what the form said, in basis points and days; None where it said nothing."""
    shares = {f"{name}_share": int(said[name] * PER_CENT) for name in ("platform", "partner")}
    reserve = None if said["reserve"] is None else int(said["reserve"] * PER_CENT)
    return {**shares, "reserve": reserve, "reserve_days": said["reserve_days"]}


def in_words(platform: int, partner: int) -> str:
    """Return who gets what, in per cent; shares are in basis points."""
    parts = {"platform": platform, "partner": partner, "host": BASIS - platform - partner}
    shown = {name: f"{share / PER_CENT:g}" for name, share in parts.items()}
    return str(_("platform %(platform)s %%, partners %(partner)s %%, host %(host)s %%") % shown)


def held_in_words(reserve: int, days: int) -> str:
    """Return what is held back of the host's part, and how long."""
    part = f"{reserve / PER_CENT:g}"
    if not days:
        return str(_("%(part)s %% of the host’s part is held back until the cohort ends") % {"part": part})
    held = ngettext(
        "%(part)s %% of the host’s part is held back for %(n)s day",
        "%(part)s %% of the host’s part is held back for %(n)s days",
        days,
    )
    return str(held % {"part": part, "n": days})


def what_terms_are(cohort: Cohort) -> Sequence[str]:
    """Say what is in force."""
    now = agreed.standing(cohort)
    words = {"version": now.version, "shares": in_words(now.platform_share, now.partner_share)}
    newest = cohort.terms.latest("version")
    held = [held_in_words(newest.reserve, newest.reserve_days)] if newest.reserve else []
    return [str(_("In force, version %(version)s: %(shares)s.") % words), *held]


def what_new_terms_do(cohort: Cohort, said: Said) -> Sequence[str]:
    """Say what is in force, what would be, and whom it does not touch."""
    shares = [int(said[name] * PER_CENT) for name in ("platform", "partner")]
    taken = cohort.enrollments.filter(state__in=Enrollment.SEATED).count()
    return [
        *what_terms_are(cohort),
        str(_("For new seats: %(shares)s.") % {"shares": in_words(*shares)}),
        *([held_in_words(int(said["reserve"] * PER_CENT), said["reserve_days"] or 0)] if said["reserve"] else []),
        ngettext("%(n)s seat taken before keeps its terms.", "%(n)s seats taken before keep their terms.", taken)
        % {"n": taken},
    ]


class TermsInline(Lines):
    model = Terms
    fields = readonly_fields = ("version", "whose", "shares", "since")
    ordering = ("-version",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: QuerySet[Any] = super().get_queryset(request).select_related("cohort", "partner__person__profile")
        return rows

    @admin.display(description=_("for whom"))
    def whose(self, row: Terms) -> str:
        return str(row.partner or _("everybody who leads"))

    @admin.display(description=_("who gets what"))
    def shares(self, row: Terms) -> str:
        amounts = deal_of(row, NOTHING).lines if row.rules else []
        held = [held_in_words(row.reserve, row.reserve_days)] if row.reserve and not row.partner else []
        parts = [in_words(row.platform_share, row.partner_share), *amounts[bool(row.partner_share) :], *held]
        return " · ".join(parts)


@admin.register(Cohort)
class CohortAdmin(Table):
    list_display = ("__str__", "hosts", "state", "belong", "seats_taken", "minimum", "minimum_by", "starts_on")
    list_filter = ("state", waits(short=SHORT), "currency", "study__language")
    list_select_related = ("study", "seats")
    search_fields = ("study__title", "study__slug", "study__roles__person__email")
    ordering = ("-starts_on",)
    date_hierarchy = "starts_on"
    fields = readonly_fields = (
        *("study", "number", "state", "hosts", "belong", "seats_taken", "minimum", "minimum_by", "starts_on"),
        *("meets_at", "zone", "minutes", "weeks", "closes_at", "currency", "policy", "posts_needed", "opened_at"),
        *("called_off_at", "refunded_at", "changes"),
    )
    inlines = (TermsInline,)
    ways = (
        (_("enrollments"), "cohorts.enrollment", "cohort"),
        (_("subgroups"), "cohorts.subgroup", "cohort"),
        (_("ledger accounts"), "payments.ledgeraccount", "cohort"),
    )
    actions = ("new_terms", "call_off")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        belongs = Count("enrollments", filter=Q(enrollments__state__in=Enrollment.BELONGS), distinct=True)
        rows: QuerySet[Any] = super().get_queryset(request).annotate(members=belongs)
        return rows.prefetch_related(Prefetch("study__roles", HOSTS))

    @admin.display(description=_("run by"))
    def hosts(self, row: Cohort) -> str:
        return names_of_hosts(row.study)

    @admin.display(description=_("members"), ordering="members")
    def belong(self, row: Any) -> int:
        return int(row.members)

    @admin.display(description=_("seats taken"))
    def seats_taken(self, row: Cohort) -> str:
        return str(row.seats)

    new_terms = deed(
        _("New terms for new seats"),
        lambda actor, row, said: terms.agree_anew(actor, row, **agreed_on(said)),
        says=_("A new version of who gets what. Seats taken before keep the terms they were sold with."),
        done=_("has new terms"),
        form=Shares,
        about=what_terms_are,
        shows=what_new_terms_do,
        single=True,
    )
    call_off = deed(
        _("Call off"),
        lambda actor, row, said: cohorts.call_off(actor, row),
        says=_("The cohort does not take place. Its members are told and get everything back. This cannot be undone."),
        done=_("called off"),
        moves_to="called_off",
        about=what_calling_off_does,
    )
