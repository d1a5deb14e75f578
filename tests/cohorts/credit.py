"""Credit in tests: given by the host of a study, and where all of it is."""

from typing import Any

from django.utils import timezone

from cohorts.models import Credit, CreditUse, Enrollment, Study
from cohorts.services import credits
from studyplatform.accounts.models import User
from studyplatform.kit.ids import short_id


def give(person: User, study: Study, amount: int, **more: Any) -> Credit:
    """Credit for somebody who was in the study once; in won, without end, unless told otherwise."""
    was_in(person, study)
    values = {"currency": study.cohorts.first().currency, "words": "세 번이나 발표해 줘서 고마워요.", "key": short_id()}
    return credits.give(study.payee, person, study, amount, **{**values, **more})


def was_in(person: User, study: Study) -> None:
    """Somebody was in the study's first cohort and has left it."""
    first = study.cohorts.order_by("number")[0]
    if not Enrollment.objects.filter(cohort__study=study, person=person, joined_at__isnull=False).exists():
        facts = {"policy": first.policy, "terms": first.terms.get(), "currency": first.currency}
        Enrollment.objects.create(
            cohort=first, person=person, state="cancelled", joined_at=timezone.now(), price=0, **facts
        )


def unused(person: User) -> int:
    return sum(credit.left for credit in Credit.objects.filter(person=person) if not credit.is_over)


def assert_all_is_somewhere() -> None:
    """What was given is unused, used, taken back or run out; what is used is what the uses say."""
    for study in Study.objects.filter(credits__isnull=False).distinct():
        for sums in credits.sums(study):
            assert sums["given"] == sums["unused"] + sums["used"] + sums["taken"] + sums["gone"]
            uses = CreditUse.objects.filter(credit__study=study, credit__currency=sums["currency"])
            assert sums["used"] == sum(use.amount - use.returned for use in uses)
