"""How the groups of a partner do: who is in them, what they presented, wrote and were thanked for."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Count, F, IntegerField, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from cohorts.models import Contribution, Leadership, Membership, Partner, Presentation, Subgroup
from cohorts.services.contributions import POST
from studyplatform.kit.desk.deeds import page_of
from studyplatform.kit.moments import day

KINDS = {
    "turn": _("turns"),
    "post": _("case studies"),
    "attendance": _("times there"),
    "thanks": _("thanks"),
}


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


def table(partner: Partner) -> SafeString | str:
    """Return a table of every group they lead or led, the newest first, in two queries.

    A kind of contribution nobody gave, as where nobody writes down who came, has no column.
    """
    led = list(
        Leadership.objects.filter(partner=partner)
        .select_related("subgroup__cohort__study")
        .annotate(sitting=Count("subgroup__memberships", filter=_still("subgroup__memberships")))
        .order_by("-period", "-pk")[:50]
    )
    given = _given([row.subgroup_id for row in led])
    kinds = [kind for kind in KINDS if any(known == kind for _group, known in given)]
    heads = (_("subgroup"), _("cohort"), _("when"), _("members"), *(KINDS[kind] for kind in kinds))
    lines = ([_row(row), _cells(given.get((row.subgroup_id, kind), 0) for kind in kinds)] for row in led)
    if not led:
        return "–"
    return format_html(
        '<div class="desk-scroll"><table class="desk-table"><thead><tr>{}</tr></thead><tbody>{}</tbody></table></div>',
        format_html_join("", '<th scope="col">{}</th>', ((head,) for head in heads)),
        format_html_join("", "<tr>{}{}</tr>", lines),
    )


def _cells(numbers: Iterable[int]) -> SafeString:
    return format_html_join("", "<td>{}</td>", ((n,) for n in numbers))


def _still(path: str) -> Any:
    return Q(**{f"{path}__until": None, f"{path}__isnull": False})


def _row(row: Any) -> SafeString:
    group, period = row.subgroup, row.period
    when = f"{day(period.lower)} – {day(period.upper) if period.upper else ''}"
    return format_html(
        '<th scope="row"><a class="desk-link" href="{}">{}</a> {}</th><td>{}</td><td>{}</td><td>{}</td>',
        page_of(group),
        group.topic,
        row.get_kind_display() if row.kind == Leadership.Kind.STAND_IN else "",
        group.cohort,
        when,
        row.sitting,
    )


def _given(groups: list[int]) -> dict[tuple[int, str], int]:
    """What members who sit in these groups gave, by group and kind."""
    found = (
        Contribution.objects.filter(
            voided_at=None, enrollment__memberships__subgroup__in=groups, enrollment__memberships__until=None
        )
        .values(group=F("enrollment__memberships__subgroup"), what=F("kind"))
        .annotate(n=Count("pk", distinct=True))
    )
    return {(row["group"], row["what"]): row["n"] for row in found}
