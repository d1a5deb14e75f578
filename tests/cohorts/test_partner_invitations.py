"""A host asks somebody to lead a subgroup: by letter, answered once, with or without an account."""

import datetime
import re

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cohorts.models import Cohort, Partner, PartnerInvitation, Subgroup
from cohorts.services import leaderships, partner_invitations, partners
from studyplatform.accounts.models import User
from studyplatform.kit import queue
from studyplatform.kit.errors import Refused
from studyplatform.mail.models import Letter
from tests.cohorts.hosting import english, studio, text
from tests.cohorts.test_subgroups import typed
from tests.people import make_person, sign_in

pytestmark = pytest.mark.django_db

YES, NO = {"answer": "yes", "agree": "on"}, {"answer": "no"}


@pytest.fixture
def group(cohort: Cohort) -> Subgroup:
    """A subgroup nobody leads."""
    return cohort.subgroups.last()  # type: ignore[return-value]


def invited(host: User, group: Subgroup, email: str) -> PartnerInvitation:
    """Ask as a host does: with the group's form."""
    browser, page = english(host), studio("group", group.cohort, group.pk)
    assert browser.post(page, typed(partner_email=email)).status_code == 302
    return PartnerInvitation.objects.latest("pk")


def way(address: str) -> str:
    """Return where the letter to an address leads."""
    queue.drain("mail.drain_letters")
    letter = next(one for one in mail.outbox[::-1] if address in one.to)
    found = re.search(r"/partner/invitations/\w+/", str(letter.body))
    assert found
    return found[0]


def test_somebody_without_an_account_is_asked_and_says_yes(group: Subgroup, host: User) -> None:
    invited(host, group, "New.Leader@example.com")
    page = way("new.leader@example.com")
    shown = text(Client().get(page, headers={"accept-language": "en"}))
    for words in ("Small shops", "정은혜", "20 %"):
        assert words in shown
    assert leaderships.lead_of(group) is None
    answer = Client().post(page, YES)
    assert answer.headers["Location"] == f"/accounts/signup/?next={page.replace('/', '%2F')}"
    assert PartnerInvitation.objects.get().state == "pending"
    person = make_person("new.leader", "New Leader", language="en")
    browser = sign_in(person)
    assert browser.post(page, {"answer": "yes"}).status_code == 422
    answer = browser.post(page, YES, follow=True)
    assert "You lead “Small shops” now." in text(answer)
    lead = leaderships.lead_of(group)
    assert lead
    assert lead.partner.person == person
    assert (lead.partner.state, person.consents.get(kind="partner_terms").kind) == ("approved", "partner_terms")
    told = Letter.objects.get(recipient=host, kind="partner_answered")
    assert told.subject == "New Leader leads “Small shops”"
    again = text(browser.post(page, YES))
    assert "This invitation: accepted." in again
    assert leaderships.lead_of(group) == lead


def test_a_no_needs_no_account_and_the_host_reads_it(group: Subgroup, host: User) -> None:
    invited(host, group, "busy@example.com")
    studio_page = text(english(host).get(studio("groups", group.cohort)))
    assert "busy@example.com: waits for an answer" in studio_page
    page = way("busy@example.com")
    assert "Your no is passed on." in text(Client(headers={"accept-language": "en"}).post(page, NO, follow=True))
    assert "busy@example.com: declined" in text(english(host).get(studio("groups", group.cohort)))
    assert "busy@example.com" in Letter.objects.get(recipient=host, kind="partner_answered").text
    Client().post(page, NO)
    assert Letter.objects.filter(recipient=host, kind="partner_answered").count() == 1


def test_who_leads_goes_on_until_the_other_says_yes(cohort: Cohort, host: User, partner: User, stranger: User) -> None:
    first = cohort.subgroups.first()
    assert first
    one = invited(host, first, stranger.email)
    assert leaderships.lead_of(first).partner.person == partner  # type: ignore[union-attr]
    form = text(english(host).get(studio("group", cohort, first.pk)))
    assert f'value="{stranger.email}"' in form
    invited(host, first, stranger.email)  # saved again as it is
    assert PartnerInvitation.objects.count() == 1
    sign_in(stranger).post(one.get_absolute_url(), YES)
    assert leaderships.lead_of(first).partner.person == stranger  # type: ignore[union-attr]


def test_asking_somebody_else_takes_the_first_question_back(group: Subgroup, host: User, stranger: User) -> None:
    one = invited(host, group, stranger.email)
    invited(host, group, "other@example.com")
    one.refresh_from_db()
    assert one.state == "withdrawn"
    assert Letter.objects.get(key=f"partner-invited:{one.pk}").withdrawn_at
    sign_in(stranger).post(one.get_absolute_url(), YES)
    assert not Partner.objects.filter(person=stranger).exists()
    english(host).post(studio("group", group.cohort, group.pk), typed(partner_email=""))
    assert not PartnerInvitation.objects.filter(state="pending").exists()


def test_it_is_for_whom_it_was_sent_to(group: Subgroup, host: User, stranger: User, other_host: User) -> None:
    one = invited(host, group, stranger.email)
    page = text(english(other_host).post(one.get_absolute_url(), YES))
    assert "This was sent to another address than yours." in page
    assert PartnerInvitation.objects.get().state == "pending"
    assert stranger.email not in page


def test_it_runs_out_and_ends_with_its_cohort(group: Subgroup, host: User, stranger: User) -> None:
    one = invited(host, group, stranger.email)
    Cohort.objects.update(state="called_off")
    assert "This cohort is over" in text(english(stranger).post(one.get_absolute_url(), YES))
    Cohort.objects.update(state="open")
    PartnerInvitation.objects.update(expires_at=timezone.now() - datetime.timedelta(minutes=1))
    assert "This invitation: not answered in time." in text(english(stranger).post(one.get_absolute_url(), YES))
    assert "not answered in time" in text(english(host).get(studio("groups", group.cohort)))
    assert leaderships.lead_of(group) is None
    invited(host, group, stranger.email)
    assert PartnerInvitation.objects.filter(state="withdrawn").count() == 1


def test_whom_the_platform_declined_is_not_let_in_by_a_host(group: Subgroup, host: User, stranger: User) -> None:
    one = invited(host, group, stranger.email)
    Partner.objects.create(person=stranger, state="ended")
    assert "does not lead groups at the moment" in text(english(stranger).post(one.get_absolute_url(), YES))
    assert leaderships.lead_of(group) is None


def test_a_host_leads_a_group_without_being_asked(group: Subgroup, host: User) -> None:
    english(host).post(studio("group", group.cohort, group.pk), typed(partner_email=host.email))
    assert leaderships.lead_of(group).partner.person == host  # type: ignore[union-attr]
    assert not PartnerInvitation.objects.exists()


def test_nobody_writes_to_the_whole_town(cohort: Cohort, host: User) -> None:
    group = cohort.subgroups.last()
    assert group
    for n in range(partner_invitations.MOST_A_DAY):
        partners.appoint(host, group, f"n{n}@example.com")
    with pytest.raises(Refused, match=r"many|많은"):
        partners.appoint(host, group, "one-more@example.com")


def test_the_letter_of_an_address_without_account_is_read_by_nobody_else(
    group: Subgroup, host: User, admin: User
) -> None:
    one = invited(host, group, "nobody@example.com")
    letter = Letter.objects.get(address="nobody@example.com")
    page = text(sign_in(admin).get(reverse("admin:mail_letter_change", args=[letter.pk])))
    assert one.token not in page


def test_a_group_nobody_was_in_goes_with_its_questions(group: Subgroup, host: User) -> None:
    invited(host, group, "nobody@example.com")
    english(host).post(studio("group_remove", group.cohort, group.pk))
    assert not Subgroup.objects.filter(pk=group.pk).exists()
