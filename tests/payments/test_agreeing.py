"""Who was brought in by a host's list agrees to what holds for their seat before any page of its space opens."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cohorts.models import Cohort
from payments.services import agreements
from studyplatform.accounts.models import Consent, User
from tests.payments.test_moving import plain
from tests.payments.test_outside import TWO, bring, member_of
from tests.people import sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def studio(host: User) -> Client:
    return sign_in(host)


def test_what_holds_is_read_and_agreed_to_first(studio: Client, cohort: Cohort) -> None:
    bring(studio, cohort, *TWO)
    browser = member_of(cohort, "minji@example.org")
    here = [cohort.study.slug, cohort.number]
    space, agree = reverse("space", args=here), reverse("agree", args=here)
    for name in ("space", "sessions", "people"):  # nothing of it opens before
        assert browser.get(reverse(name, args=here)).headers["Location"] == agree
    asked = plain(browser.get(agree))
    for words in ("120,000원", cohort.policy.get_preset_display(), "정은혜"):
        assert words in asked
    assert browser.post(agree).headers["Location"] == space
    assert browser.get(space).status_code == 200
    assert browser.get(agree).headers["Location"] == space
    said = Consent.objects.get(person__email="minji@example.org", kind="terms")
    assert said.version == agreements.VERSION


def test_who_has_said_yes_before_is_not_asked_and_others_have_nothing_to_say(
    studio: Client, cohort: Cohort, member: User
) -> None:
    bring(studio, cohort, *TWO)
    person = cohort.enrollments.get(person__email="jun@example.org").person
    agreements.agree(person, recording=False)
    here = [cohort.study.slug, cohort.number]
    assert sign_in(person).get(reverse("space", args=here)).status_code == 200
    assert sign_in(member).get(reverse("space", args=here)).status_code in (200, 403)
    for method in ("get", "post"):
        assert getattr(sign_in(member), method)(reverse("agree", args=here)).status_code == 404
    assert not Consent.objects.filter(person=member, version=agreements.VERSION).exists()


def test_a_yes_that_was_taken_back_is_asked_for_again(studio: Client, cohort: Cohort) -> None:
    bring(studio, cohort, *TWO)
    browser = member_of(cohort, "jun@example.org")
    here = [cohort.study.slug, cohort.number]
    browser.post(reverse("agree", args=here))
    assert browser.get(reverse("space", args=here)).status_code == 200
    Consent.objects.update(withdrawn_at=timezone.now())
    assert browser.get(reverse("space", args=here)).status_code == 302
