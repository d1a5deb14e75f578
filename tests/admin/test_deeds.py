"""Deeds of the desk: a page first, then the verb, its history; not without the right."""

import datetime
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from cohorts.models import Cohort, Leadership, Partner
from cohorts.services import leaderships
from payments.models import PayoutBatch, StripeEvent
from showcase.models import CaseStudy
from studyplatform.accounts.models import User
from studyplatform.kit.errors import Refused
from studyplatform.kit.models import Change
from studyplatform.mail.models import Letter
from studyplatform.mail.services import letters
from tests.admin.desk import listed, page_of, press, staff, text
from tests.people import sign_in
from tests.showcase.make import post

pytestmark = pytest.mark.django_db


def desk(table: str, *, act: bool = True) -> Client:
    app, name = table.split(".")
    rights = [f"{app}.view_{name}", *([f"{app}.change_{name}"] if act else [])]
    return sign_in(staff(f"acts-{name}" if act else f"looks-{name}", *rights, language="en"))


def moves(row: Any) -> list[tuple[str, str, str]]:
    found = Change.objects.filter(subject_type=row._meta.label_lower, subject_id=str(row.pk)).order_by("pk")
    return [(one.from_state, one.to_state, one.note) for one in found]


def test_an_account_is_closed_and_opened_again(member: User) -> None:
    browser, theirs = desk("accounts.user"), sign_in(member)
    asked = press(browser, "accounts.user", "close", member)
    assert "signed out everywhere" in text(asked)
    assert press(browser, "accounts.user", "close", member, apply="1", note="").status_code == 422
    assert theirs.get("/home/").status_code == 200
    press(browser, "accounts.user", "close", member, apply="1", note="asked us to")
    assert theirs.get("/home/").status_code == 302
    press(browser, "accounts.user", "reopen", member, apply="1", note="came back")
    assert sign_in(member).get("/home/").status_code == 200
    assert moves(member)[-2:] == [("active", "closed", "asked us to"), ("closed", "active", "came back")]
    assert Change.objects.latest("pk").actor.handle == "acts_user"  # type: ignore[union-attr]


def test_who_runs_the_platform_is_closed_by_their_like_only(admin: User) -> None:
    press(desk("accounts.user"), "accounts.user", "close", admin, apply="1", note="x")
    press(sign_in(admin), "accounts.user", "close", admin, apply="1", note="oneself")
    assert User.objects.get(pk=admin.pk).is_active


def test_rights_are_given_by_a_superuser_alone(admin: User, stranger: User) -> None:
    from tests.admin.desk import page_of

    page = page_of("accounts.user", stranger)
    assert desk("accounts.user").post(page, {"is_staff": "on"}).status_code == 403
    assert not User.objects.get(pk=stranger.pk).is_staff
    sign_in(admin).post(page, {"is_staff": "on"})
    assert User.objects.get(pk=stranger.pk).is_staff
    assert moves(stranger)[-1][1] == "staff"


def test_a_page_offers_what_can_be_done_with_its_row(cohort: Cohort, member: User, admin: User) -> None:
    browser = sign_in(admin)

    def offered(table: str, row: object, **state: str) -> list[str]:
        type(row).objects.filter(pk=row.pk).update(**state)  # type: ignore[attr-defined]
        return [name for name, _words in browser.get(page_of(table, row)).context["deeds"]]

    batch, case = PayoutBatch.objects.create(maker=member, checker=admin, currency="KRW"), post(member)
    assert offered("payments.payoutbatch", batch, state="draft") == ["approve", "give_up"]
    assert offered("payments.payoutbatch", batch, state="exported") == ["export", "bank_did"]
    assert offered("showcase.casestudy", case, state="published") == ["hide", "remove"]
    assert offered("showcase.casestudy", case, state="hidden") == ["show", "remove"]
    assert "call_off" in offered("cohorts.cohort", cohort, state="closed")
    assert "call_off" not in offered("cohorts.cohort", cohort, state="finished")


def test_without_the_right_nothing_is_done(cohort: Cohort, member: User, partner: User) -> None:
    lead, case = Partner.objects.get(person=partner), post(member)
    tries = (
        ("accounts.user", "close", member),
        ("cohorts.cohort", "call_off", cohort),
        ("cohorts.partner", "end", lead),
        ("cohorts.subgroup", "name_lead", cohort.subgroups.first()),
        ("showcase.casestudy", "hide", case),
    )
    before = Change.objects.count()
    for table, action, row in tries:
        answer = press(desk(table, act=False), table, action, row, apply="1", note="x", email=member.email)
        assert answer.status_code in (200, 403), table
    assert Change.objects.count() == before
    assert User.objects.get(pk=member.pk).is_active


def test_calling_off_says_what_it_does_in_numbers(cohort: Cohort, member: User) -> None:
    browser = desk("cohorts.cohort")
    page = text(press(browser, "cohorts.cohort", "call_off", cohort))
    assert "1 member is told by letter." in page
    assert "₩150,000" in page
    assert "4 sessions are cancelled." in page
    assert Cohort.objects.get().state == "open"
    press(browser, "cohorts.cohort", "call_off", cohort, apply="1")
    assert Cohort.objects.get().state == "called_off"
    again = text(press(browser, "cohorts.cohort", "call_off", cohort, apply="1"))
    assert "This cohort is over already." in again


def test_somebody_who_asks_becomes_a_partner_or_does_not(host: User, stranger: User) -> None:
    browser = desk("cohorts.partner")
    for person, action, state in ((host, "approve", "approved"), (stranger, "decline", "declined")):
        row = Partner.objects.create(person=person)
        press(browser, "cohorts.partner", action, row, apply="1", note="talked on the phone")
        row.refresh_from_db()
        assert row.state == state
        assert moves(row)[-1][:2] == ("applied", state)
    press(browser, "cohorts.partner", "consider_again", row, apply="1", note="asks again")
    assert Partner.objects.get(pk=row.pk).state == "applied"


def test_pausing_closes_their_desk_and_ending_ends_what_they_lead(cohort: Cohort, partner: User) -> None:
    browser, theirs, row = desk("cohorts.partner"), sign_in(partner), Partner.objects.get(person=partner)
    assert "Leads 1 group now." in text(press(browser, "cohorts.partner", "pause", row))
    press(browser, "cohorts.partner", "pause", row, apply="1", note="abroad")
    assert theirs.get(f"/c/{cohort.study.slug}/1/").status_code == 403
    press(browser, "cohorts.partner", "approve", row, apply="1")
    assert theirs.get(f"/c/{cohort.study.slug}/1/").status_code == 200
    press(browser, "cohorts.partner", "end", row, apply="1", note="moved away")
    assert leaderships.lead_of(cohort.subgroups.first()) is None
    assert Leadership.objects.count() == 1  # what was stays known
    page = text(press(browser, "cohorts.partner", "approve", row, apply="1"))
    assert "This cannot be done with a partner who is" in page
    assert Partner.objects.get().state == "ended"
    press(browser, "cohorts.partner", "note", row, apply="1", note="writes to us in spring")
    assert Partner.objects.get().notes.endswith("acts-partner: writes to us in spring")


def test_a_lead_is_named_for_a_group(cohort: Cohort, partner: User, host: User) -> None:
    browser, group = desk("cohorts.subgroup"), cohort.subgroups.last()
    press(browser, "cohorts.subgroup", "name_lead", group, apply="1", email="nobody@example.com")
    assert leaderships.lead_of(group) is None
    press(browser, "cohorts.subgroup", "name_lead", group, apply="1", email=partner.email)
    assert leaderships.lead_of(group).partner.person == partner  # type: ignore[union-attr]


def test_a_post_is_hidden_shown_and_removed(member: User, client: Client) -> None:
    browser, row = desk("showcase.casestudy"), post(member)
    for action, state, answer in (("hide", "hidden", 404), ("show", "published", 200), ("remove", "removed", 410)):
        assert press(browser, "showcase.casestudy", action, row).status_code == 200
        press(browser, "showcase.casestudy", action, row, apply="1", note="reported")
        assert CaseStudy.objects.get().state == state
        cache.clear()  # kept pages go after commit, which no test has
        assert Client().get(row.get_absolute_url()).status_code == answer
    assert "is not hidden" in text(press(browser, "showcase.casestudy", "show", row, apply="1"))
    draft = post(member, out=False)
    assert press(browser, "showcase.casestudy", "hide", draft, apply="1", note="x").status_code == 200
    assert CaseStudy.objects.get(pk=draft.pk).state == "draft"


def make_letter(person: User, key: str, **fields: Any) -> Letter:
    said = {"sentence": key, "at": timezone.now()}
    letter = letters.write(to=person, key=key, template="accounts/notice", context=said)
    assert letter
    Letter.objects.filter(pk=letter.pk).update(**fields)
    return Letter.objects.get(pk=letter.pk)


def test_letters_are_taken_back_and_sent_again(stranger: User) -> None:
    browser, now = desk("mail.letter"), timezone.now()
    waiting = make_letter(stranger, "waiting", due_at=now + datetime.timedelta(hours=1))
    refused = make_letter(stranger, "refused", done_at=now, error="550 no", attempts=3)
    gone = make_letter(stranger, "gone", done_at=now)
    late = make_letter(stranger, "late", expires_at=now)
    for row in (refused, gone, late):
        press(browser, "mail.letter", "send_again", row, apply="1")
    press(browser, "mail.letter", "take_back", waiting, apply="1")
    press(browser, "mail.letter", "take_back", gone, apply="1")
    press(browser, "mail.letter", "send_again", waiting, apply="1")
    found = {row.key: (row.done_at is None, row.attempts, row.withdrawn_at is None) for row in Letter.objects.all()}
    assert found == {
        "waiting": (True, 0, False),
        "refused": (True, 0, True),
        "gone": (False, 0, True),
        "late": (True, 0, True),
    }
    assert moves(waiting) == [("waiting", "withdrawn", "")]


def test_an_event_given_up_is_tried_again(admin: User) -> None:
    now = timezone.now()
    row = StripeEvent.objects.create(
        event_id="evt_1", kind="x", object_id="y", raw={"secret": "shown"}, done_at=now, error="no payment", attempts=9
    )
    browser = desk("payments.stripeevent")
    press(browser, "payments.stripeevent", "try_again", row, apply="1")
    row.refresh_from_db()
    assert (row.done_at, row.attempts) == (None, 0)
    StripeEvent.objects.update(done_at=now, error="")
    with pytest.raises(Refused):
        letters.queue.try_now(admin, row)


@pytest.mark.parametrize("ticked", ["x", "a\0b", "9" * 5_000])
def test_a_tick_no_row_can_have_leads_nowhere(cohort: Cohort, admin: User, ticked: str) -> None:
    browser = sign_in(admin)
    pressed = {"action": "call_off", "_selected_action": ticked}
    assert browser.post(listed("cohorts.cohort"), pressed).status_code == 404
    answer = browser.post(listed("cohorts.cohort"), {**pressed, "_selected_action": str(cohort.pk)})
    assert [pk for pk, _name, _lines in answer.context["told"]] == [cohort.pk]
