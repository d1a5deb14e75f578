"""Letters: written once, in the reader's words and time; sent once, or said why not."""

import datetime
import smtplib

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from studyplatform.kit import edge, queue
from studyplatform.mail.flows import letters as flow
from studyplatform.mail.models import Letter
from studyplatform.mail.services import letters, preferences

pytestmark = pytest.mark.django_db

AT = datetime.datetime(2026, 3, 9, 11, tzinfo=datetime.UTC)
TEMPLATES = {
    "mail/try.subject.txt": "{% translate 'Sunday' %}\n <{{ word }}>",
    "mail/try.txt": "{% extends 'mail/base.txt' %}{% block body %}{{ at|clock }} {{ word }}{% endblock %}",
    "mail/try.html": "{% extends 'mail/base.html' %}{% block body %}<p>{{ at|clock }} {{ word }}</p>{% endblock %}",
}


@pytest.fixture(autouse=True)
def _a_template(monkeypatch):
    """One small letter of ours, beside the real ones."""
    from django.template import Engine
    from django.template.loaders import locmem

    engine = Engine.get_default()
    monkeypatch.setattr(engine, "template_loaders", [locmem.Loader(engine, TEMPLATES), *engine.template_loaders])


def write(person, **changed):
    values = {"kind": "session_reminder", "key": "try:1", "template": "try", "about": "enrollment:1", **changed}
    context = {"word": "a & b", "at": AT}
    return letters.write(to=person, context=context, **values)


def drain():
    return queue.drain("mail.drain_letters")


def test_a_fact_is_told_once(stranger):
    first, again = write(stranger), write(stranger)
    assert first.pk == again.pk
    assert drain() == 1
    assert drain() == 0
    assert len(mail.outbox) == 1


def test_many_are_told_in_one_statement_each_once(stranger, host):
    known = write(stranger)
    with CaptureQueriesContext(connection) as asked, letters.together():
        write(stranger, expires_at=AT)
        write(host, key="try:2")
        write(host, key="try:2")
    assert sum("INSERT" in one["sql"] for one in asked) == 1
    assert list(Letter.objects.filter(key__startswith="try:").order_by("key").values_list("key", "expires_at")) == [
        ("try:1", None),
        ("try:2", None),
    ]
    assert Letter.objects.get(key="try:1").pk == known.pk
    assert drain() == 2


def test_in_the_readers_language_and_zone(stranger, host):
    english, korean = write(stranger), write(host, key="try:2")
    assert english.subject.startswith("Sunday")
    assert korean.subject.startswith("일요일")
    assert "11:00 a & b" in english.text  # London
    assert "20:00 a &amp; b" in korean.html  # Seoul
    assert "<a & b>" in english.subject


def test_text_html_and_one_click_to_stop(stranger):
    letter = write(stranger)
    drain()
    sent = mail.outbox[0]
    stop = f"http://testserver/u/{stranger.mail_token}/session_reminder/"
    assert sent.extra_headers["List-Unsubscribe"] == f"<{stop}>"
    assert sent.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert sent.extra_headers["Message-ID"] == f"<{letter.pk}@testserver>"
    assert stop in sent.body
    assert stop in sent.alternatives[0].content
    assert sent.to == [stranger.email]


def test_what_cannot_be_stopped_has_no_such_link(stranger):
    preferences.choose(stranger, "", wanted=False)
    write(stranger, kind="")
    drain()
    assert "List-Unsubscribe" not in mail.outbox[0].extra_headers
    assert "/u/" not in mail.outbox[0].body


def test_calendar_file_keeps_its_method(stranger):
    write(stranger, calendar="BEGIN:VCALENDAR\r\nMETHOD:PUBLISH\r\nSUMMARY:모임\r\nEND:VCALENDAR\r\n")
    drain()
    attached = mail.outbox[0].message().get_payload()[-1]
    assert attached.get_content_type() == "text/calendar"
    assert attached.get_param("method") == "PUBLISH"
    assert "SUMMARY:모임" in attached.get_payload(decode=True).decode()


def test_a_stopped_kind_is_not_written(stranger, host):
    preferences.choose(stranger, "session_reminder", wanted=False)
    assert write(stranger) is None
    assert write(stranger, kind="comment", key="try:2")
    assert write(host, key="try:3")


def test_stopped_after_writing_is_not_sent(stranger):
    letter = write(stranger)
    preferences.choose(stranger, "session_reminder", wanted=False)
    drain()
    assert not mail.outbox
    letter.refresh_from_db()
    assert letter.error == "not sent: stopped"


@pytest.mark.parametrize("gone", [{"is_active": False}, {"erased_at": AT}])
def test_nothing_to_people_who_are_gone(stranger, gone):
    before = write(stranger)
    type(stranger).objects.filter(pk=stranger.pk).update(**gone)
    stranger.refresh_from_db()
    assert write(stranger, key="try:2") is None
    drain()
    assert not mail.outbox
    before.refresh_from_db()
    assert before.done_at


def test_withdrawn_letters_are_not_sent(stranger):
    write(stranger)
    write(stranger, key="try:2", about="enrollment:2")
    assert letters.withdraw("enrollment:1") == 1
    drain()
    assert len(mail.outbox) == 1
    assert letters.withdraw("enrollment:2") == 0


def test_withdrawing_one_kind_leaves_the_others(stranger):
    write(stranger)
    write(stranger, key="try:2", kind="comment")
    assert letters.withdraw("enrollment:1", "comment") == 1


def test_an_expired_letter_is_not_sent(stranger):
    write(stranger, expires_at=timezone.now() - datetime.timedelta(seconds=1))
    drain()
    assert not mail.outbox


def test_a_later_letter_waits(stranger):
    write(stranger, due_at=timezone.now() + datetime.timedelta(hours=1))
    assert drain() == 0


def test_a_rolled_back_verb_writes_nothing(stranger):
    with transaction.atomic():
        write(stranger)
        transaction.set_rollback(True)
    assert not Letter.objects.exists()


def test_nothing_is_asked_for_before_commit(stranger, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as asked:
        write(stranger)
    assert len(asked) == 1


def test_killed_between_sending_and_recording_repeats_the_same_message(stranger, monkeypatch):
    letter = write(stranger)
    monkeypatch.setattr(queue, "done", killed)
    with pytest.raises(KeyboardInterrupt):
        drain()
    monkeypatch.undo()
    assert drain() == 0  # the lease still runs
    Letter.objects.update(due_at=timezone.now())
    assert drain() == 1
    assert drain() == 0
    assert [one.extra_headers["Message-ID"] for one in mail.outbox] == [f"<{letter.pk}@testserver>"] * 2


def killed(*args, **kwargs):
    raise KeyboardInterrupt


def test_a_lost_lease_sends_nothing(stranger):
    write(stranger)
    (mine,) = queue.claim(Letter.queue.due())
    Letter.objects.update(due_at=timezone.now())
    (theirs,) = queue.claim(Letter.queue.due())
    flow.send(mine)
    assert not mail.outbox
    flow.send(theirs)
    assert len(mail.outbox) == 1


class Refusing(EmailBackend):
    """A mail server that refuses."""

    error: Exception

    def send_messages(self, messages):
        raise self.error


@pytest.mark.parametrize(
    ("error", "ended"),
    [
        (smtplib.SMTPRecipientsRefused({"x@y.z": (550, b"no such user")}), True),
        (smtplib.SMTPDataError(554, b"refused"), True),
        (smtplib.SMTPRecipientsRefused({"x@y.z": (451, b"greylisted")}), False),
        (smtplib.SMTPAuthenticationError(535, b"bad password"), False),
        (smtplib.SMTPServerDisconnected("gone"), False),
        (TimeoutError("slow"), False),
    ],
)
def test_what_is_refused_for_good_ends_and_the_rest_waits(stranger, settings, monkeypatch, error, ended):
    settings.EMAIL_BACKEND = "tests.mail.test_letters.Refusing"
    monkeypatch.setattr(Refusing, "error", error, raising=False)
    letter = write(stranger)
    drain()
    letter.refresh_from_db()
    assert bool(letter.done_at) is ended
    assert letter.error
    assert ended or letter.due_at > timezone.now()


@pytest.mark.django_db(transaction=True)
def test_never_sent_inside_a_transaction(stranger):
    letter = write(stranger)
    with transaction.atomic(), pytest.raises(edge.OpenTransaction):
        flow.deliver(flow.message_of(letter))
    assert not mail.outbox
