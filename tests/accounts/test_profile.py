"""My profile, my letters, my account: mine alone, kept when typed wrong."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from studyplatform.mail.kinds import NAMES
from studyplatform.mail.services import preferences

pytestmark = pytest.mark.django_db

MINE = ["/account/", "/account/profile/", "/account/letters/"]
FILLED = {
    "pen_name": "Dan",
    "work": "teaches maths",
    "field": "education",
    "about": "Hello.",
    "can_help": "proofs",
    "looking_for": "readers",
    "handle": "dan_2",
    "language": "en",
    "time_zone": "Europe/London",
}


@pytest.fixture(autouse=True)
def _own_media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def photo(kind="JPEG", size=(900, 600), **more):
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x010E] = "a secret place"
    Image.new("RGB", size, "red").save(out, kind, exif=exif, **more)
    return SimpleUploadedFile("me.jpg", out.getvalue(), "image/jpeg")


@pytest.mark.parametrize("address", MINE)
def test_only_for_who_is_signed_in(client, stranger, address):
    assert client.get(address).headers["Location"] == f"/accounts/login/?next={address}"
    client.force_login(stranger)
    assert client.get(address).status_code == 200


def test_saved_for_me_and_nobody_else(client, stranger, host):
    before = (host.name, host.handle, host.time_zone)
    client.force_login(stranger)
    answer = client.post("/account/profile/", {**FILLED, "person": host.pk, "id": host.pk, "email": "x@example.com"})
    assert answer.headers["Location"] == "/account/profile/"
    stranger.refresh_from_db()
    assert (stranger.name, stranger.handle, stranger.email) == ("Dan", "dan_2", "stranger@example.com")
    assert stranger.profile.can_help == "proofs"
    host.refresh_from_db()
    assert (host.name, host.handle, host.time_zone) == before


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("pen_name", "", "Tell us what to call you."),
        ("pen_name", "me@example.com", "cannot be an e-mail address"),
        ("pen_name", "x" * 41, "At most 40 characters. Yours has 41."),
        ("handle", "", "Choose 3 to 30 small letters"),
        ("handle", "Big Letters", "Use 3 to 30 small letters"),
        ("handle", "host", "Somebody else has this address."),
        ("time_zone", "Mars/Olympus", "Choose one of these"),
        ("language", "xx", "Choose one of these"),
        ("field", "nonsense", "Choose one of these"),
    ],
)
def test_what_is_wrong_stands_beside_the_field(client, stranger, host, field, value, sentence):
    client.force_login(stranger)
    answer = client.post("/account/profile/", {**FILLED, field: value})
    text = answer.content.decode()
    assert answer.status_code == 422
    assert sentence in text
    assert "teaches maths" in text
    stranger.refresh_from_db()
    assert stranger.handle == "stranger"


def test_a_picture_is_redrawn_small_and_without_its_place(client, stranger):
    client.force_login(stranger)
    client.post("/account/profile/", {**FILLED, "upload": photo()})
    stranger.profile.refresh_from_db()
    with stranger.profile.picture.open() as file:
        saved = file.read()
    drawn = Image.open(io.BytesIO(saved))
    assert (drawn.format, drawn.size) == ("WEBP", (512, 341))
    assert b"secret" not in saved
    shown = client.get(stranger.profile.picture.url)
    assert shown.headers["Content-Type"] == "image/webp"
    assert b"".join(shown.streaming_content) == saved


def test_another_picture_replaces_the_file(client, stranger, tmp_path, django_capture_on_commit_callbacks):
    client.force_login(stranger)
    client.post("/account/profile/", {**FILLED, "upload": photo()})
    with django_capture_on_commit_callbacks(execute=True):
        client.post("/account/profile/", {**FILLED, "upload": photo("PNG")})
    assert len(list(tmp_path.glob("faces/*"))) == 1
    with django_capture_on_commit_callbacks(execute=True):
        client.post("/account/profile/", {**FILLED, "drop_picture": "on"})
    assert not list(tmp_path.glob("faces/*"))
    stranger.profile.refresh_from_db()
    assert not stranger.profile.picture


def test_what_is_no_picture_is_refused(client, stranger):
    client.force_login(stranger)
    page = SimpleUploadedFile("me.jpg", b"<svg onload=alert(1)>", "image/jpeg")
    answer = client.post("/account/profile/", {**FILLED, "upload": page})
    assert "We could not read this picture." in answer.content.decode()


@pytest.mark.parametrize("name", ["pictures/2026/11/x.webp", "faces/../secret.webp", "faces/none.webp", "faces/x.svg"])
def test_other_files_are_not_given(client, tmp_path, name):
    (tmp_path / "faces").mkdir()
    (tmp_path / "secret.webp").write_bytes(b"secret")
    assert client.get(f"/media/{name}").status_code == 404


def test_letters_are_chosen_by_kind(client, stranger, host):
    client.force_login(stranger)
    assert client.get("/account/letters/").content.decode().count("checked") == len(NAMES)
    client.post("/account/letters/", {"kind": ["comment", "made_up"]})
    assert preferences.unwanted(stranger) == set(NAMES) - {"comment"}
    assert preferences.unwanted(host) == set()
    assert client.get("/account/letters/").content.decode().count("checked") == 1


def test_pages_cost_few_queries(client, stranger, django_assert_max_num_queries):
    client.force_login(stranger)
    for address in MINE:
        with django_assert_max_num_queries(6):  # one of them is the bell
            client.get(address)
