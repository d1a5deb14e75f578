"""The partners desk: who asks, who leads which groups and how those do, approving, pausing, ending, notes."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.widgets import UnfoldAdminTextareaWidget

from cohorts.models import Contribution, Leadership, Membership, Partner, Presentation, Subgroup
from cohorts.services import partners
from cohorts.services.contributions import POST
from studyplatform.kit.desk.deeds import Reason, deed
from studyplatform.kit.desk.tables import Lines, Table


class Words(forms.Form):
    """What to remember about them."""

    note = forms.CharField(label=_("Note"), max_length=1000, widget=UnfoldAdminTextareaWidget({"rows": 3}))


class LeadershipInline(Lines):
    model = Leadership
    fields = readonly_fields = ("subgroup", "cohort", "kind", "period")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: QuerySet[Any] = super().get_queryset(request).select_related("subgroup__cohort__study")
        return rows.order_by("-pk")

    @admin.display(description=_("cohort"))
    def cohort(self, row: Leadership) -> str:
        return str(row.subgroup.cohort)


def counted(rows: QuerySet[Any], group: str) -> Any:
    """Return, as a column of partners, how many rows belong to the groups they lead now; `group` leads to the group."""
    lead = f"{group}leaderships__"
    now = {f"{lead}partner": OuterRef("pk"), f"{lead}period__contains": timezone.now()}
    each = rows.filter(**now).order_by().annotate(one=Value(1)).values("one").annotate(count=Count("pk", distinct=True))
    return Coalesce(Subquery(each.values("count")[:1], output_field=IntegerField()), 0)


def with_groups(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Add how the groups they lead now do: `groups`, `members`, `posts` and `turns`."""
    place = "enrollment__memberships__"
    members = Membership.objects.filter(until=None)
    posts = Contribution.objects.filter(kind=POST, voided_at=None)
    turns = Presentation.objects.filter(state=Presentation.State.DONE)
    counts: QuerySet[Any] = rows.annotate(
        groups=counted(Subgroup.objects.all(), ""),
        members=counted(members, "subgroup__"),
        posts=counted(posts, f"{place}subgroup__"),
        turns=counted(turns, f"{place}subgroup__"),
    )
    return counts


def _how_many(row: Any) -> list[str]:
    return [
        ngettext("Leads %(n)s group now.", "Leads %(n)s groups now.", row.groups) % {"n": row.groups},
        ngettext("%(n)s member is in them.", "%(n)s members are in them.", row.members) % {"n": row.members},
    ]


@admin.register(Partner)
class PartnerAdmin(Table):
    list_display = ("person", "state", "groups", "members", "posts", "turns")
    list_filter = ("state",)
    list_select_related = ("person__profile",)
    search_fields = ("person__email", "person__handle", "person__profile__pen_name", "notes")
    fields = readonly_fields = ("person", "email", "state", "notes", "groups", "members", "posts", "turns", "changes")
    inlines = (LeadershipInline,)
    actions = ("approve", "decline", "pause", "end", "consider_again", "note")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return with_groups(super().get_queryset(request))

    @admin.display(description=_("e-mail"))
    def email(self, row: Partner) -> str:
        return row.person.email

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

    approve = deed(
        _("Let them lead"),
        lambda actor, row, said: partners.approve(actor, row),
        says=_("Hosts can name them for their subgroups, and the desk of the groups they lead opens for them."),
        done=_("may lead groups"),
    )
    decline = deed(
        _("Decline"),
        lambda actor, row, said: partners.decline(actor, row, note=said["note"]),
        says=_("They do not become a partner now. They may ask again."),
        done=_("declined"),
        form=Reason,
    )
    pause = deed(
        _("Pause"),
        lambda actor, row, said: partners.pause(actor, row, note=said["note"]),
        says=_("Their desk closes and nobody can name them for more groups. Those they lead stay theirs."),
        done=_("paused"),
        form=Reason,
        about=_how_many,
    )
    end = deed(
        _("End"),
        lambda actor, row, said: partners.end(actor, row, note=said["note"]),
        says=_("They lead nothing any more, from now on and for good. Their groups wait for another lead."),
        done=_("ended"),
        form=Reason,
        about=_how_many,
    )
    consider_again = deed(
        _("Consider again"),
        lambda actor, row, said: partners.consider_again(actor, row, note=said["note"]),
        says=_("They stand among those who ask to be partners."),
        done=_("stands among those who ask"),
        form=Reason,
    )
    note = deed(
        _("Write a note"),
        lambda actor, row, said: partners.note(actor, row, said["note"]),
        says=_("Only the people who run the platform read it."),
        done=_("noted"),
        form=Words,
    )
