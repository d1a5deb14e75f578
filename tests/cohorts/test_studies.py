"""A host's studies: started in one form, kept from everybody until the first cohort opens, reworded."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image

from cohorts.models import Study, StudyRole
from tests.cohorts.hosting import STUDY, english, shut_out, text
from tests.people import make_study

pytestmark = pytest.mark.django_db

NEW = "/studio/new/"


def photo() -> SimpleUploadedFile:
    """A picture as a phone sends it, with where it was taken."""
    exif, out = Image.Exif(), io.BytesIO()
    exif[0x010F] = "A phone"
    Image.new("RGB", (80, 60), "#cf4b3f").save(out, "JPEG", exif=exif)
    return SimpleUploadedFile("산책.jpg", out.getvalue(), "image/jpeg")


@pytest.fixture(autouse=True)
def _media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def test_anybody_starts_a_study_and_goes_on_to_its_first_cohort(stranger):
    answer = english(stranger).post(NEW, {**STUDY, "picture": photo()})
    row = Study.objects.get()
    assert answer.headers["Location"] == reverse("studio_cohort_new", args=[row.slug])
    assert (row.title, row.state, row.wording, row.payee) == (STUDY["title"], "draft", "club", stranger)
    assert list(StudyRole.objects.values_list("person", "kind")) == [(stranger.pk, "host")]
    with Image.open(row.picture) as kept:
        assert (kept.format, dict(kept.getexif())) == ("WEBP", {})


def test_nobody_else_sees_it_before_it_opens(stranger, host, client):
    english(stranger).post(NEW, STUDY)
    row = Study.objects.get()
    assert client.get(row.get_absolute_url()).status_code == 404
    assert STUDY["title"] not in text(client.get("/studies/"))
    assert STUDY["title"] in text(english(stranger).get(reverse("studio_study", args=[row.slug])))
    shut_out(reverse("studio_study", args=[row.slug]), [host])


@pytest.mark.parametrize(
    ("title", "slug"), [("주말 산책 모임", "jumal-sanchaek-moim"), ("Weekend walks", "weekend-walks")]
)
def test_the_address_is_spelled_from_the_title(stranger, title, slug):
    english(stranger).post(NEW, {**STUDY, "title": title})
    assert Study.objects.get().slug == slug


def test_a_second_study_of_the_same_title_gets_an_address_of_its_own(stranger):
    browser = english(stranger)
    browser.post(NEW, STUDY)
    browser.post(NEW, STUDY)
    first, second = Study.objects.order_by("pk").values_list("slug", flat=True)
    assert first == "weekend-walks"
    assert second.startswith("weekend-walks-")


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"for_whom": "  "}, "This cannot be empty."),
        ({"title": "x" * 61}, "60"),
        ({"promise": "x" * 201}, "200"),
        ({"slug": "ai-at-work"}, "This address is taken. Choose another one."),
        ({"slug": "money"}, "This address is taken. Choose another one."),
        ({"slug": "New"}, "This address is taken. Choose another one."),
        ({"slug": "걷기 모임"}, "Use small letters a to z, digits and hyphens."),
        ({"slug": "ab"}, "Use at least 3 letters."),
        ({"language": "xx"}, "Choose one of these"),
    ],
)
def test_what_is_wrong_stands_beside_its_field_and_what_was_typed_stays(study, stranger, changed, sentence):
    page = text(english(stranger).post(NEW, {**STUDY, **changed}))
    name = next(iter(changed))
    assert Study.objects.get() == study
    error = page.split(f'id="id_{name}_error"')[1].split("</p>")[0]
    assert sentence in error
    for kept in ("I have walked here for nineteen years.", "You want to run"):
        assert kept in page


def test_a_file_that_is_no_picture_is_refused_beside_its_field(stranger):
    hostile = SimpleUploadedFile("walk.jpg", b"<svg onload=alert(1)>", "image/jpeg")
    page = text(english(stranger).post(NEW, {**STUDY, "picture": hostile}))
    assert 'id="id_picture_error"' in page
    assert not Study.objects.exists()


def test_hostile_words_stay_words(stranger):
    words = '"><script>alert(1)</script>'
    english(stranger).post(NEW, {**STUDY, "title": words, "promise": words})
    page = text(english(stranger).get(reverse("studio_study", args=[Study.objects.get().slug])))
    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page


def test_its_words_change_and_its_public_page_with_them(
    study, cohort, host, client, django_capture_on_commit_callbacks
):
    page = study.get_absolute_url()
    assert STUDY["promise"] not in text(client.get(page))
    with django_capture_on_commit_callbacks(execute=True):
        answer = english(host).post(reverse("studio_study_edit", args=[study.slug]), {**STUDY, "title": study.title})
    assert answer.status_code == 302
    assert STUDY["promise"] in text(client.get(page))


def test_the_address_changes_while_it_is_a_draft_and_never_after(host):
    row = make_study(host, slug="old-address", state="draft")
    browser = english(host)
    browser.post(reverse("studio_study_edit", args=["old-address"]), {**STUDY, "slug": "new-address"})
    row.refresh_from_db()
    assert row.slug == "new-address"
    Study.objects.filter(pk=row.pk).update(state="public")
    browser.post(reverse("studio_study_edit", args=["new-address"]), {**STUDY, "slug": "third-address"})
    row.refresh_from_db()
    assert row.slug == "new-address"


def test_a_form_sent_without_a_picture_keeps_the_one_there_is(stranger):
    browser = english(stranger)
    browser.post(NEW, {**STUDY, "picture": photo()})
    before = Study.objects.get()
    browser.post(reverse("studio_study_edit", args=[before.slug]), {**STUDY, "title": "Evening walks"})
    after = Study.objects.get()
    assert (after.title, after.picture) == ("Evening walks", before.picture)


def test_nobody_else_changes_it(study, cohort, member, partner, other_host, stranger):
    shut_out(reverse("studio_study_edit", args=[study.slug]), [member, partner, other_host, stranger], STUDY)
    study.refresh_from_db()
    assert study.title == "내 일에 AI 쓰기"


def test_a_co_host_may(study, other_host):
    StudyRole.objects.create(study=study, person=other_host, kind="co-host")
    answer = english(other_host).post(reverse("studio_study_edit", args=[study.slug]), STUDY)
    assert answer.status_code == 302
    study.refresh_from_db()
    assert study.title == STUDY["title"]


def test_a_visitor_signs_in_first_and_comes_back():
    assert Client().get(NEW).headers["Location"].endswith("?next=/studio/new/")
