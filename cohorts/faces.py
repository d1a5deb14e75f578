"""Who runs what, as members see them."""

from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils import timezone

from cohorts.models import Cohort, Leadership, Partner, Subgroup
from studyplatform.accounts.models import User


@dataclass(frozen=True)
class Runner:
    """A host, the partner of some subgroups, or both."""

    person: User
    topics: tuple[str, ...] = ()  # of the subgroups they lead
    hosts: bool = False


def runners(cohort: Cohort) -> list[Runner]:
    """Return the hosts of a cohort, then its partners with the topics of the subgroups they lead now."""
    led: dict[User, list[str]] = {}
    for leadership in _leading(cohort):
        led.setdefault(leadership.partner.person, []).append(leadership.subgroup.topic)
    return [
        *(Runner(host, tuple(led.pop(host, ())), hosts=True) for host in hosts(cohort)),
        *(Runner(person, tuple(topics)) for person, topics in led.items()),
    ]


def hosts(cohort: Cohort) -> list[User]:
    """Return who runs the cohort's study."""
    return list(User.objects.filter(study_roles__study=cohort.study_id).select_related("profile").order_by("pk"))


def partner_of(subgroup: Subgroup | None) -> User | None:
    """Return who leads a subgroup now."""
    if subgroup is None:
        return None
    found = _leading(subgroup.cohort).filter(subgroup=subgroup).first()
    return found.partner.person if found else None


def with_partners(subgroups: list[Subgroup]) -> list[Subgroup]:
    """Give each subgroup of one cohort its `leader` (a person or None), in one query."""
    if subgroups:
        led = {row.subgroup_id: row.partner.person for row in _leading(subgroups[0].cohort)}
        for subgroup in subgroups:
            subgroup.leader = led.get(subgroup.pk)  # type: ignore[attr-defined]
    return subgroups


def _leading(cohort: Cohort) -> QuerySet[Leadership]:
    return (
        Leadership.objects.filter(
            subgroup__cohort=cohort,
            kind=Leadership.Kind.LEAD,
            period__contains=timezone.now(),
            partner__state=Partner.State.APPROVED,
        )
        .select_related("partner__person__profile", "subgroup")
        .order_by("subgroup__position")
    )
