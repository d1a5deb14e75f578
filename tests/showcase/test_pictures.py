"""Pictures: known by content, small, without the camera's notes, seen with their post only."""

import io
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from cohorts.models import Cohort
from showcase.models import CaseStudy, Picture
from showcase.services import case_studies, pictures
from studyplatform.accounts.models import User
from studyplatform.kit.errors import Refused
from tests.people import sign_in
from tests.showcase.make import filled, fresh, place, post

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_folder(settings: Any, tmp_path: Path) -> Iterator[None]:
    settings.MEDIA_ROOT = tmp_path / "media"
    yield
    shutil.rmtree(settings.MEDIA_ROOT, ignore_errors=True)


def photo(width: int = 60, height: int = 40, kind: str = "JPEG", **notes: Any) -> SimpleUploadedFile:
    out = io.BytesIO()
    Image.new("RGB", (width, height), "#3f6e9e").save(out, kind, **notes)
    return SimpleUploadedFile("KakaoTalk_사진.jpg", out.getvalue(), content_type="image/jpeg")


def send(browser: Client, row: CaseStudy, file: Any) -> Any:
    return browser.post(f"/showcase/{row.public_id}/pictures/", {"picture": file, "alt": "영수증"})


def test_a_picture_is_made_small_and_forgets_where_it_was_taken(member: User) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # lying on its side
    exif[0x010F] = "SECRET CAMERA"
    row = post(member, out=False)
    answer = send(sign_in(member), row, photo(3000, 1500, exif=exif))
    assert answer.status_code == 201, answer.content
    picture = Picture.objects.get()
    with Image.open(picture.file) as kept:
        assert (kept.format, kept.size, dict(kept.getexif())) == ("WEBP", (1000, 2000), {})
    assert b"SECRET" not in picture.file.read()
    assert answer.json()["src"] == f"/pictures/{picture.public_id}.webp"
    assert (picture.owner, picture.case_study, picture.alt) == (member, row, "영수증")


@pytest.mark.parametrize(
    "file",
    [
        SimpleUploadedFile("a.jpg", b"<html><script>alert(1)</script>", content_type="image/jpeg"),
        SimpleUploadedFile("a.svg", b'<svg xmlns="http://www.w3.org/2000/svg"/>', content_type="image/svg+xml"),
        SimpleUploadedFile("a.jpg", b"", content_type="image/jpeg"),
        SimpleUploadedFile("a.pdf", b"%PDF-1.4", content_type="image/png"),
    ],
)
def test_what_is_no_picture_is_refused_with_a_sentence(member: User, file: SimpleUploadedFile) -> None:
    answer = send(sign_in(member), post(member, out=False), file)
    assert answer.status_code == 422
    assert answer.json()["sentence"]
    assert not Picture.objects.exists()


def test_too_large_is_refused_before_it_is_decoded(member: User, monkeypatch: pytest.MonkeyPatch) -> None:
    row = post(member, out=False)
    monkeypatch.setattr(pictures, "LARGEST_AREA", 100)
    with pytest.raises(Refused):
        pictures.add(row, photo())
    monkeypatch.setattr(pictures, "LARGEST_FILE", 10)
    with pytest.raises(Refused):
        pictures.add(row, photo())


def test_a_picture_is_seen_by_who_may_read_its_post(member: User, cohort: Cohort, host: User, stranger: User) -> None:
    row = post(member, out=False, enrollment_id=place(member, cohort).pk)
    address = f"/pictures/{pictures.add(row, photo()).public_id}.webp"

    def seen() -> list[int]:
        browsers = (sign_in(member), sign_in(host), sign_in(stranger), Client())
        return [browser.get(address).status_code for browser in browsers]

    assert seen() == [200, 404, 404, 404]
    assert "private" in sign_in(member).get(address)["Cache-Control"]
    row.visibility = "cohort"
    row.save()
    case_studies.publish(row, member)
    assert seen() == [200, 200, 404, 404]
    row.visibility = "public"
    CaseStudy.objects.update(visibility="public")
    assert seen() == [200, 200, 200, 200]
    shown = Client().get(address)
    assert (shown["Content-Type"], "public" in shown["Cache-Control"], shown.cookies) == ("image/webp", True, {})
    assert "Cookie" not in shown.get("Vary", "")
    assert Client().get(address, headers={"If-None-Match": shown["ETag"]}).status_code == 304


def test_without_script_a_picture_comes_with_the_form(member: User) -> None:
    browser = sign_in(member)
    _id, token = fresh(browser)
    browser.post("/showcase/new/", {**filled(), "fresh": token, "picture": photo()})
    picture, row = Picture.objects.get(), CaseStudy.objects.get()
    assert f'<img src="/pictures/{picture.public_id}.webp" alt="" width="60" height="40">' in row.html


def test_only_pictures_of_the_post_can_be_its_cover(member: User, stranger: User) -> None:
    mine, theirs = post(member, out=False), post(stranger, out=False)
    own, foreign = pictures.add(mine, photo()), pictures.add(theirs, photo())
    browser, address = sign_in(member), f"/showcase/{mine.public_id}/edit/"
    assert browser.post(address, filled(cover=foreign.pk, version=1)).status_code == 422
    assert browser.post(address, filled(cover=own.pk, version=1)).status_code == 302
    mine.refresh_from_db()
    assert mine.cover == own
