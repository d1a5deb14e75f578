"""Credit given by hosts to members of their study, and taken back while it is not used."""

import datetime
from typing import Any

from django.db import transaction
from django.db.models import F, Q, QuerySet, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cohorts import credit_letters, prices
from cohorts.models import Cohort, Credit, Enrollment, Presentation, Study
from cohorts.policies import enrollments_in
from studyplatform.accounts.models import User
from studyplatform.kit import history, money
from studyplatform.kit.errors import Refused
from studyplatform.mail.services import letters


@transaction.atomic
def give(
    host: User,
    person: User,
    study: Study,
    amount: int,
    *,
    currency: str,
    words: str,
    key: str,
    ends_at: datetime.datetime | None = None,
) -> Credit:
    """Promise a member of a study `amount` (minor units) off their next seat there, until `ends_at`; tell them.

    `key` names the intent: again with the same key nothing more is given. Raises Refused for an amount no seat costs,
    or somebody who was never in.
    """
    if not 0 < amount <= prices.most(currency):
        most = money.show(prices.most(currency), currency)
        raise Refused(_("Credit is more than nothing, and at most %(most)s.") % {"most": most}, field="amount")
    if not Enrollment.objects.filter(cohort__study=study, person=person, joined_at__isnull=False).exists():
        raise Refused(_("Credit is for the members of this study."))
    promise = {"amount": amount, "currency": currency, "words": words, "ends_at": ends_at, "given_by": host}
    row, new = Credit.objects.get_or_create(study=study, person=person, key=key, defaults=promise)
    if new:
        history.record(row, "", "given", host)
        credit_letters.given(row)
    return row


def crowd(cohort: Cohort, whom: str) -> QuerySet[User]:
    """Return the members of a cohort who "presented", or "all" of them; none of them runs the study."""
    places = enrollments_in(cohort)
    if whom == Credit.Whom.PRESENTED:
        places = places.filter(presentations__state=Presentation.State.DONE)
    hosts = User.objects.filter(study_roles__study=cohort.study_id)
    people = User.objects.filter(pk__in=places.values("person"), is_active=True).exclude(pk__in=hosts)
    return people.select_related("profile").order_by("pk")


@transaction.atomic
def give_all(host: User, cohort: Cohort, amount: int, *, whom: str, **promise: Any) -> int:
    """Give everybody of a `crowd` the same, as `give` does, all of them or nobody; return how many have it.

    Again with the same key, only who has none of it yet gets it. Raises Refused as `give` does, or when nobody is
    there.
    """
    with letters.together():
        people = list(crowd(cohort, whom))
        if not people:
            raise Refused(_("Nobody presented yet"), field="whom")
        for person in people:
            give(host, person, cohort.study, amount, **promise)
    return len(people)


@transaction.atomic
def take_back(host: User, credit: Credit, *, reason: str) -> int:
    """Take back what of a credit was not used yet; return how much, in minor units. The member is told why.

    Raises Refused when nothing is left to take.
    """
    row = (
        Credit.objects.select_for_update(of=("self",), no_key=True).select_related("person", "study").get(pk=credit.pk)
    )
    gone = row.left
    if not gone or row.is_over:
        raise Refused(_("Nothing is left of this credit."), field="reason")
    row.withdrawn += gone
    row.save(update_fields=["withdrawn"])
    history.record(row, "", "taken_back", host, note=reason)
    credit_letters.taken_back(row, gone, reason)
    return gone


def sums(study: Study) -> QuerySet[Any, dict[str, Any]]:
    """Return what became of all credit of a study, by currency, in minor units: `given` is the sum of the rest."""
    over = Q(ends_at__isnull=False, ends_at__lte=timezone.now())
    left = F("amount") - F("spent") - F("withdrawn") - F("expired")
    found: Any = Credit.objects.filter(study=study).values("currency").order_by("currency")
    counted: QuerySet[Any, dict[str, Any]] = found.annotate(
        given=Sum("amount"),
        unused=Coalesce(Sum(left, filter=~over), 0),
        used=Sum("spent"),
        taken=Sum("withdrawn"),
        gone=Sum("expired") + Coalesce(Sum(left, filter=over), 0),
    )
    return counted
