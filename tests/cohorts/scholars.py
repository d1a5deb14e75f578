"""People who ask for a scholarship, and a host who answers."""

from typing import Any

from django.urls import reverse

from cohorts.models import Cohort, ScholarshipApplication
from studyplatform.accounts.models import User
from tests.cohorts.hosting import english, studio
from tests.people import sign_in

WORDS = "아르바이트로 지내고 있어요. <b>꼭</b> 하고 싶어요."


def ask_url(cohort: Cohort, name: str = "scholarship") -> str:
    return reverse(name, args=[cohort.study.slug, cohort.number])


def ask(person: User, cohort: Cohort, words: str = WORDS) -> ScholarshipApplication:
    sign_in(person).post(ask_url(cohort), {"words": words})
    return ScholarshipApplication.objects.get(person=person, state="asked")


def answer(host: User, row: ScholarshipApplication, **said: Any) -> Any:
    address = studio("scholarship_answer", row.scholarship.cohort, row.public_id)
    return english(host).post(address, {"answer": "yes", **said}, follow=True)
