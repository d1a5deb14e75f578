"""The partners desk: who asks, who leads which groups and how those do, approving, assigning, pausing, notes."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Case, DateTimeField, IntegerField, OuterRef, QuerySet, Subquery, When
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.widgets import UnfoldAdminTextareaWidget

from cohorts import agreed
from cohorts.admin import partner_groups
from cohorts.forms.terms import TermsForm, plan_of
from cohorts.models import Cohort, Leadership, Partner, PartnerApplication, PartnerInvitation, Subgroup
from cohorts.services import leaderships, partners
from cohorts.services.terms import agree_with
from cohorts.worth import deal_in, deals_in, scales_of
from studyplatform.accounts.texts import PARTNER_TERMS
from studyplatform.kit.desk.deeds import Reason, Said, deed
from studyplatform.kit.desk.tables import Lines, Table
from studyplatform.kit.moments import day, moment

DAY = forms.DateInput({"type": "date"}, format="%Y-%m-%d")


class Words(forms.Form):
    """What to remember about them."""

    note = forms.CharField(label=_("Note"), max_length=1000, widget=UnfoldAdminTextareaWidget({"rows": 3}))


class Told(forms.Form):
    """Why, in words the person reads."""

    note = forms.CharField(
        label=_("Why"),
        max_length=300,
        widget=UnfoldAdminTextareaWidget({"rows": 3}),
        help_text=_("They read these words in their letter and on their page."),
    )


class GroupChoice(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A subgroup by its cohort, topic and hour."""

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.cohort} · {obj.topic} · {obj.get_weekday_display()} {obj.meets_at:%H:%M}"


class Assignment(forms.Form):
    """Which group, and whether to lead it or to stand in for a while."""

    subgroup = GroupChoice(
        label=_("Subgroup"),
        queryset=Subgroup.objects.exclude(cohort__state__in=Cohort.OVER)
        .select_related("cohort__study")
        .order_by("-cohort__starts_on", "cohort", "position"),
    )
    kind = forms.ChoiceField(label=_("As"), choices=Leadership.Kind.choices)
    first = forms.DateField(label=_("Standing in from"), required=False, widget=DAY)
    last = forms.DateField(label=_("Standing in until"), required=False, widget=DAY)

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        stands_in = found.get("kind") == Leadership.Kind.STAND_IN
        if stands_in and not (found.get("first") and found.get("last") and found["first"] <= found["last"]):
            self.add_error("last", _("Say from which day to which day they stand in."))
        return found


class CohortChoice(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A cohort with the currency its amounts are in."""

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj} · {obj.currency}"


class OwnTerms(TermsForm):
    """What they get in which cohort."""

    cohort = CohortChoice(
        label=_("Cohort"),
        queryset=Cohort.objects.exclude(state__in=Cohort.OVER).select_related("study").order_by("-starts_on", "pk"),
    )
    field_order = ("cohort",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, currency="KRW", **kwargs)

    def clean(self) -> dict[str, Any]:
        cohort = self.cleaned_data.get("cohort")
        self.currency = cohort.currency if cohort else self.currency
        return super().clean()


def _what_own_terms_do(row: Partner, said: Said) -> Sequence[Any]:
    cohort: Cohort = said["cohort"]
    asked = deal_in(cohort, scales_of(row, [cohort])[cohort.pk], **plan_of(said))
    beyond = asked.beyond(cohort.terms.latest("version").platform_share)
    stays = _("Seats taken and sessions held before stay as they were agreed.")
    return [*asked.lines, asked.forecast, *filter(None, [beyond]), stays]


def _how_many(row: Any) -> list[str]:
    return [
        ngettext("Leads %(n)s group now.", "Leads %(n)s groups now.", row.groups) % {"n": row.groups},
        ngettext("%(n)s member is in them.", "%(n)s members are in them.", row.members) % {"n": row.members},
    ]


def _asked(row: Any) -> list[str]:
    """What they wrote when they asked, for whoever decides."""
    last = row.applications.order_by("-at").first()
    return [last.subject, last.words] if last else []


def _what_assigning_does(row: Partner, said: Said) -> Sequence[Any]:
    group: Subgroup = said["subgroup"]
    where = _("%(cohort)s: “%(topic)s”, %(day)s %(clock)s, %(taken)s of %(capacity)s seats taken.") % {
        "cohort": group.cohort,
        "topic": group.topic,
        "day": group.get_weekday_display(),
        "clock": f"{group.meets_at:%H:%M}",
        "taken": group.taken,
        "capacity": group.capacity,
    }
    if said["kind"] == Leadership.Kind.STAND_IN:
        days = {"first": day(said["first"]), "last": day(said["last"])}
        return [where, _("They stand in from %(first)s to %(last)s, and are paid for those sessions.") % days]
    standing = leaderships.lead_of(group)
    share = agreed.standing(group.cohort, row).partner_part
    part = _("Their part is %(part)s %% of what its members pay.") % {"part": f"{share:g}"}
    now = _("%(name)s leads it now and stops.") % {"name": standing.partner} if standing else _("Nobody leads it now.")
    return [where, now, part]


class ApplicationInline(Lines):
    model = PartnerApplication
    fields = readonly_fields = ("at", "subject", "field", "time", "sample", "words")
    ordering = ("-at",)

    @admin.display(description=_("when they have time"))
    def time(self, row: PartnerApplication) -> str:
        return " · ".join(f"{name} {', '.join(parts)}" for name, parts in row.week)


@admin.register(Partner)
class PartnerAdmin(Table):
    list_display = ("name", "state", "subject", "asked_on", "groups", "members", "posts", "turns")
    list_display_links = ("name",)
    list_filter = ("state", "applications__field", "leaderships__subgroup__cohort__study")
    list_select_related = ("person__profile",)
    search_fields = ("person__email", "person__handle", "person__profile__pen_name", "applications__subject", "notes")
    fields = readonly_fields = (
        "person",
        "email",
        "state",
        "agreed",
        "how_groups_do",
        "terms",
        "asked",
        "notes",
        "changes",
    )
    inlines = (ApplicationInline,)
    actions = ("approve", "decline", "assign", "own_terms", "note", "pause", "end", "consider_again")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        last = PartnerApplication.objects.filter(partner=OuterRef("pk")).order_by("-at")
        first = Case(When(state=Partner.State.APPLIED, then=0), default=1, output_field=IntegerField())
        rows: QuerySet[Any] = partner_groups.with_groups(super().get_queryset(request)).annotate(
            asked_at=Subquery(last.values("at")[:1], output_field=DateTimeField()),
            would_lead=Subquery(last.values("subject")[:1]),
            waits=first,
        )
        return rows.order_by("waits", "asked_at", "-pk")

    def get_inlines(self, request: HttpRequest, obj: Any) -> Any:
        """Whoever was asked by a host never applied: no heading over nothing."""
        return self.inlines if obj and obj.asked_at else ()

    @admin.display(description=_("partner"), ordering="person__profile__pen_name")
    def name(self, row: Partner) -> str:
        return str(row.person)

    @admin.display(description=_("e-mail"))
    def email(self, row: Partner) -> str:
        return row.person.email

    @admin.display(description=_("would lead"))
    def subject(self, row: Any) -> str:
        return row.would_lead or "–"

    @admin.display(description=_("asked on"), ordering="asked_at")
    def asked_on(self, row: Any) -> str:
        return moment(row.asked_at) if row.asked_at else "–"

    @admin.display(description=_("groups now"), ordering="groups")
    def groups(self, row: Any) -> int:
        return int(row.groups)

    @admin.display(description=_("members"), ordering="members")
    def members(self, row: Any) -> int:
        return int(row.members)

    @admin.display(description=_("case studies"), ordering="posts")
    def posts(self, row: Any) -> int:
        return int(row.posts)

    @admin.display(description=_("turns presented"), ordering="turns")
    def turns(self, row: Any) -> int:
        return int(row.turns)

    @admin.display(description=_("terms of partners"))
    def agreed(self, row: Partner) -> str:
        consent = row.person.consents.filter(kind=PARTNER_TERMS, withdrawn_at=None).order_by("-at").first()
        if not consent:
            return str(_("not agreed to yet"))
        return str(_("agreed on %(day)s, words of %(version)s") % {"day": day(consent.at), "version": consent.version})

    @admin.display(description=_("how their groups do"))
    def how_groups_do(self, row: Partner) -> SafeString | str:
        return partner_groups.table(row)

    @admin.display(description=_("their part"))
    def terms(self, row: Partner) -> SafeString | str:
        led = Cohort.objects.filter(subgroups__leaderships__partner=row).distinct().select_related("study")
        lines = (
            (cohort, " · ".join(deal.lines), _("version"), version)
            for cohort, deal, version in deals_in(list(led.order_by("-starts_on", "-pk")[:20]), row)
        )
        return format_html_join("", "<div>{}: {} · {} {}</div>", lines) or "–"

    @admin.display(description=_("asked by hosts"))
    def asked(self, row: Partner) -> SafeString | str:
        found = PartnerInvitation.objects.filter(email__iexact=row.person.email).select_related(
            "subgroup", "host__profile"
        )
        lines = ((one.host, one.subgroup, moment(one.created_at), one.stands) for one in found.order_by("-pk")[:20])
        return format_html_join("", "<div>{}: “{}” · {} · {}</div>", lines) or "–"

    approve = deed(
        _("Let them lead"),
        lambda actor, row, said: partners.approve(actor, row),
        says=_("Hosts can name them for their subgroups, and their desk opens. They are told by letter."),
        done=_("may lead groups"),
        moves_to="approved",
        about=_asked,
    )
    decline = deed(
        _("Decline"),
        lambda actor, row, said: partners.decline(actor, row, note=said["note"]),
        says=_("They do not become a partner now, are told why, and may ask again."),
        done=_("declined"),
        moves_to="declined",
        form=Told,
        about=_asked,
    )
    assign = deed(
        _("Give them a subgroup"),
        lambda actor, row, said: leaderships.assign(actor, row, **said),
        says=_("Somebody leads from now on, or stands in for some days. They are told by letter."),
        done=_("has the group"),
        form=Assignment,
        about=_how_many,
        shows=_what_assigning_does,
        single=True,
    )
    own_terms = deed(
        _("Agree on terms of their own"),
        lambda actor, row, said: agree_with(actor, said["cohort"], row, **plan_of(said)),
        says=_("In one cohort they get this instead of its share for partners, out of what is left for the host."),
        done=_("told what they get from now on"),
        form=OwnTerms,
        about=_how_many,
        shows=_what_own_terms_do,
        single=True,
    )
    pause = deed(
        _("Pause"),
        lambda actor, row, said: partners.pause(actor, row, note=said["note"]),
        says=_("Their desk closes and nobody can name them for more groups. Those they lead stay theirs."),
        done=_("paused"),
        moves_to="paused",
        form=Told,
        about=_how_many,
    )
    end = deed(
        _("End"),
        lambda actor, row, said: partners.end(actor, row, note=said["note"]),
        says=_("They lead nothing any more, from now on and for good. The hosts of their groups are told."),
        done=_("ended"),
        moves_to="ended",
        form=Told,
        about=_how_many,
    )
    consider_again = deed(
        _("Consider again"),
        lambda actor, row, said: partners.consider_again(actor, row, note=said["note"]),
        says=_("They stand among those who ask to be partners, and are told so."),
        done=_("stands among those who ask"),
        moves_to="applied",
        form=Reason,
    )
    note = deed(
        _("Write a note"),
        lambda actor, row, said: partners.note(actor, row, said["note"]),
        says=_("Only the people who run the platform read it. Your name and the day stand beside it."),
        done=_("noted"),
        form=Words,
    )
