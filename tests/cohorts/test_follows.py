"""“Tell me when it opens”: asked with one press, taken back with one."""

import pytest
from django.test import Client
from django.urls import reverse

from cohorts.models import Cohort, Study, StudyFollow
from studyplatform.accounts.models import User
from tests.cohorts.hosting import text
from tests.people import sign_in

pytestmark = pytest.mark.django_db


def address(study: Study, name: str = "follow") -> str:
    return reverse(name, args=[study.slug])


def test_somebody_asks_and_takes_it_back(cohort: Cohort, stranger: User) -> None:
    browser, study = sign_in(stranger), cohort.study
    assert "Tell me when it opens" in text(browser.get(address(study)))
    assert not StudyFollow.objects.exists()  # looking asks for nothing
    for _ in range(2):
        assert browser.post(address(study)).url == address(study)
    assert StudyFollow.objects.get().person == stranger
    assert "We tell you when it opens" in text(browser.get(address(study)))
    browser.post(address(study, "follow_stop"))
    assert not StudyFollow.objects.exists()


def test_who_has_no_account_makes_one_first(cohort: Cohort) -> None:
    answer = Client().post(address(cohort.study))
    assert answer.url.startswith(reverse("account_signup"))
    assert not StudyFollow.objects.exists()


def test_a_study_nobody_sees_is_followed_by_nobody(study: Study, stranger: User) -> None:
    Study.objects.update(state="draft")
    for name in ("follow", "follow_stop"):
        assert sign_in(stranger).post(address(study, name)).status_code == 404


def test_the_study_page_without_an_open_cohort_leads_there(cohort: Cohort) -> None:
    assert address(cohort.study) not in text(Client().get(cohort.study.get_absolute_url()))
    Cohort.objects.update(state="closed")
    assert address(cohort.study) in text(Client().get(f"{cohort.study.get_absolute_url()}?from="))
