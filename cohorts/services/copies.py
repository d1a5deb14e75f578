"""A cohort run again: a draft with everything of the one before, later by whole weeks, its partners to be asked."""

from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cohorts import later
from cohorts.models import Cohort, GroupPlan, Leadership, Partner, Study, Subgroup
from cohorts.services import cohorts, partners, scholarships
from studyplatform.accounts.models import User
from studyplatform.kit.errors import Refused

SUBGROUP = ("position", "topic", "weekday", "meets_at", "minutes", "capacity", "link", "greeting")
GROUP_PLAN = ("on", "reduction", "reduction_from", "quote_days", "invoice_days")


@dataclass(frozen=True)
class Asked:
    """A subgroup of a copy: who leads it now, and who led it last time, if they still lead groups."""

    subgroup: Subgroup
    leads: User | None
    led: User | None
    can_be_asked: bool


@transaction.atomic
def run_again(host: User, cohort: Cohort) -> Cohort:
    """Draft the next run of a cohort; asked twice, it is the same draft. Raises Refused for a plan, or for a price
    that may not be asked any more.

    Titles and run sheets of sessions follow when the draft opens, see `sessions.write`. Chat rooms do not: the
    people of last time still sit in them.
    """
    study = Study.objects.select_for_update().get(pk=cohort.study_id)
    row = Cohort.objects.select_related("study", "seats", "policy").get(pk=cohort.pk)
    if row.state == Cohort.State.DRAFT:
        raise Refused(_("This cohort is a plan itself. Open it, and it can be run again after that."))
    planned = study.cohorts.filter(copied_from=row, state=Cohort.State.DRAFT).first()
    if planned:
        return planned
    copy = cohorts.draft(host, study, copied_from=row, **later.plan(row))
    Subgroup.objects.bulk_create(
        Subgroup(cohort=copy, copied_from=group, **{name: getattr(group, name) for name in SUBGROUP})
        for group in row.subgroups.all()
    )
    for plan in GroupPlan.objects.filter(cohort=row):
        GroupPlan.objects.create(cohort=copy, **{name: getattr(plan, name) for name in GROUP_PLAN})
    scholarships.copy(row, copy)
    return copy


def partners_of(copy: Cohort) -> list[Asked]:
    """Return each subgroup with who leads it and who led the one it was copied from, in three queries."""
    groups = list(copy.subgroups.all())
    now = timezone.now()
    leads = Leadership.objects.filter(kind=Leadership.Kind.LEAD).select_related("partner__person__profile")
    standing = {row.subgroup_id: row.partner.person for row in leads.filter(subgroup__in=groups, period__contains=now)}
    before = leads.filter(subgroup__in=[group.copied_from_id for group in groups if group.copied_from_id])
    last = {row.subgroup_id: row.partner for row in before.order_by("period")}
    return [_asked(group, standing.get(group.pk), last.get(group.copied_from_id or 0)) for group in groups]


def _asked(group: Subgroup, leads: User | None, last: Partner | None) -> Asked:
    person = last.person if last else None
    able = bool(last and last.state == Partner.State.APPROVED and person and person.is_active)
    return Asked(group, leads, person, able and leads is None)


@transaction.atomic
def ask_partners(host: User, copy: Cohort) -> int:
    """Name everybody who led last time and can lead again; each gets the letter about it. Return how many."""
    cohorts.locked(copy)
    asked = [(one.subgroup, one.led.email) for one in partners_of(copy) if one.led and one.can_be_asked]
    for group, email in asked:
        partners.appoint(host, group, email)
    cohorts.changed(copy)
    return len(asked)
