"""A partner's own terms: agreed on by the host or at the desk, refused where they cannot hold, never changed."""

from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse

from cohorts.models import Cohort, Leadership, Partner, Price, Rules, Session, StudyRole, Terms
from studyplatform.accounts.models import User
from studyplatform.kit.models import Change
from studyplatform.mail.models import Letter
from tests.admin.desk import page_of, press, staff
from tests.cohorts.hosting import english, shut_out, studio, text
from tests.people import enroll, lead, make_cohort, make_person, make_study, sign_in

pytestmark = pytest.mark.django_db


def own(cohort: Cohort) -> list[Terms]:
    return list(cohort.terms.exclude(partner=None).order_by("version"))


def send(host: User, cohort: Cohort, who: User, **typed: str) -> Any:
    return english(host).post(studio("terms", cohort, who.handle), {**typed, "sure": "1"}, follow=True)


def test_only_whoever_runs_the_study_sees_and_sets_them(
    cohort: Cohort, host: User, other_host: User, partner: User, member: User, stranger: User
) -> None:
    address = studio("terms", cohort, partner.handle)
    typed = {"per_session": "30,000", "sure": "1"}
    shut_out(address, (other_host, partner, member, stranger), typed)
    assert not own(cohort)
    lead(stranger, make_cohort(make_study(other_host, slug="bread")).subgroups.first())  # type: ignore[arg-type]
    for who in (member, stranger):  # nobody's partner, and one of another study
        assert english(host).get(studio("terms", cohort, who.handle)).status_code == 404
    StudyRole.objects.create(study=cohort.study, person=stranger, kind="co-host")
    page = text(sign_in(stranger).get(address))
    assert "Now, as everybody who leads" in page
    assert "20 % of what each member paid, less payment fees" in page
    assert sign_in(stranger).post(address, typed).status_code == 302
    assert own(cohort)[0].amounts == Rules(per_session=30_000)


def test_from_the_group_to_agreed_and_told(cohort: Cohort, host: User, partner: User) -> None:
    group = cohort.subgroups.first()
    way = studio("terms", cohort, partner.handle)
    assert way in text(english(host).get(studio("group", cohort, group.pk)))  # type: ignore[union-attr]
    typed = {"partner_share": "12.5", "per_cohort": "40,000원", "bonus": "10,000", "bonus_from": "80"}
    looked = text(english(host).post(way, typed))
    assert "For 3 members and 4 sessions: ₩96,250. With the bonus: ₩106,250." in looked
    assert 'name="sure"' in looked
    assert not own(cohort)
    page = text(send(host, cohort, partner, **typed))
    for words in ("Agreed now", "12.5 % of what", "₩40,000 for leading to the end", "at least 80 % of their members"):
        assert words in page
    letter = Letter.objects.get(recipient=partner, key=f"terms:{own(cohort)[0].pk}")
    assert "12.5 %" in letter.text
    assert "96,250원" in letter.text  # in the partner's language
    assert Change.objects.filter(subject_type="cohorts.cohort", note__startswith="terms 2 for 한상우").exists()
    row = own(cohort)[0]
    assert (row.version, row.platform_share, row.partner_share) == (2, 1000, 1250)
    again = text(send(host, cohort, partner, **typed))
    assert "These are the terms already in force." in again


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"partner_share": "90.01"}, "Platform and partners cannot get more than the whole."),
        ({"partner_share": "101"}, "id_partner_share_error"),
        ({"per_member": "120,001", "partner_share": "10"}, "Of each seat ₩120,000 is left for you."),
        ({"per_session": "-5"}, "Write an amount, like"),
        ({"per_session": "1.5"}, "Write an amount, like"),
        ({"per_cohort": "a lot"}, "Write an amount, like"),
        ({"bonus": "5,000"}, "from which part of the members on"),
    ],
)
def test_what_cannot_hold_is_refused_beside_its_field(
    cohort: Cohort, host: User, partner: User, typed: dict[str, str], sentence: str
) -> None:
    answer = send(host, cohort, partner, **typed)
    assert answer.status_code == 422
    assert sentence in text(answer)
    name, value = next(iter(typed.items()))
    assert f'value="{value}"' in text(answer)
    assert not own(cohort), name


@pytest.mark.parametrize(("each", "warned"), [("90,000", False), ("90,001", True)])
def test_more_than_their_members_leave_is_said_before(
    cohort: Cohort, host: User, partner: User, each: str, warned: bool
) -> None:
    typed = {"partner_share": "10", "per_session": each}  # four sessions, and 120,000 left of three seats each
    page = text(english(host).post(studio("terms", cohort, partner.handle), typed))
    assert ("Their members leave the host ₩360,000." in page) == warned
    assert 'name="sure"' in page


def test_the_most_that_is_left_can_be_given(cohort: Cohort, host: User, partner: User) -> None:
    send(host, cohort, partner, per_member="120,000", partner_share="10")
    assert own(cohort)[0].amounts.per_member == 120_000


@pytest.mark.parametrize("why", ["free", "over", "the payee"])
def test_where_there_is_nothing_to_agree_on(cohort: Cohort, host: User, partner: User, why: str) -> None:
    who, sentence = partner, "This cohort is over."
    if why == "free":
        Price.objects.filter(cohort=cohort).update(amount=0)
        sentence = "This cohort is free"
    if why == "over":
        Cohort.objects.filter(pk=cohort.pk).update(state="finished")
    if why == "the payee":
        lead(host, cohort.subgroups.last())  # type: ignore[arg-type]
        who, sentence = host, "Whoever the study is paid to has the remainder anyway."
    assert sentence in text(send(host, cohort, who, per_session="10,000"))
    assert not own(cohort)


def test_what_was_promised_for_the_whole_cohort_only_grows_once_they_lead(
    cohort: Cohort, host: User, partner: User
) -> None:
    promise = {"per_cohort": "40,000", "bonus": "10,000", "bonus_from": "50"}
    send(host, cohort, partner, **promise)
    send(host, cohort, partner, **{**promise, "per_cohort": "30,000"})  # nothing was led yet
    assert own(cohort)[-1].amounts.per_cohort == 30_000
    began = Leadership.objects.get(partner__person=partner).period.lower
    Session.objects.create(
        cohort=cohort, subgroup=cohort.subgroups.first(), number=1, starts_at=began, minutes=60, turns=3
    )
    kept = {"per_cohort": "30,000", "bonus": "10,000", "bonus_from": "50", "per_session": "9,000"}
    for smaller in ({"per_cohort": "29,999"}, {"bonus": "9,999"}, {"bonus_from": "51"}):
        assert "can only grow" in text(send(host, cohort, partner, **{**kept, **smaller}))
    assert len(own(cohort)) == 2
    send(host, cohort, partner, **kept)
    send(host, cohort, partner, **{**kept, "per_session": "1,000", "per_cohort": "31,000"})
    assert own(cohort)[-1].amounts == Rules(per_session=1_000, per_cohort=31_000, bonus=10_000, bonus_from=5_000)


def test_nobody_changes_or_removes_what_was_agreed(cohort: Cohort, host: User, partner: User) -> None:
    send(host, cohort, partner, per_session="30,000")
    row = own(cohort)[0]
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        Terms.objects.filter(pk=row.pk).update(rules={})
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        row.delete()
    assert own(cohort)[0].rules == {"version": 1, "per_session": 30_000}


def test_a_new_version_of_everybodys_leaves_own_terms_and_seats_alone(
    cohort: Cohort, host: User, partner: User, admin: User, member: User, stranger: User
) -> None:
    send(host, cohort, partner, partner_share="60")
    desk = english(admin)
    page = text(press(desk, "cohorts.cohort", "new_terms", cohort, sure="1", platform="41", partner="10"))
    assert "cannot get more than the whole" in page  # the partner has sixty
    press(desk, "cohorts.cohort", "new_terms", cohort, sure="1", platform="15", partner="10")
    seat = enroll(stranger, cohort)
    assert (seat.terms.version, seat.terms.platform_share) == (3, 1500)
    assert "60 %" in text(english(host).get(studio("terms", cohort, partner.handle)))
    shown = text(desk.get(page_of("cohorts.enrollment", member.enrollments.get())))
    assert "platform 10 %, partners 20 %, host 70 %" in shown


def test_a_seat_sold_beside_own_terms_keeps_everybodys_for_the_others(
    cohort: Cohort, host: User, partner: User, stranger: User, admin: User
) -> None:
    send(host, cohort, partner, partner_share="60")
    enroll(stranger, cohort)
    page = text(english(admin).get(page_of("cohorts.enrollment", stranger.enrollments.get())))
    assert "platform 10 %, partners 20 %, host 70 %" in page
    edit = text(english(host).get(studio("cohort_edit", cohort)))
    assert 'name="partner_share" value="20"' in edit


def test_the_desk_shows_them_and_sets_them(cohort: Cohort, partner: User) -> None:
    rights = ("cohorts.view_partner", "cohorts.change_partner", "cohorts.view_cohort")
    desk, row = sign_in(staff("desk", *rights, language="en")), Partner.objects.get(person=partner)
    said = {"cohort": str(cohort.pk), "partner_share": "5", "per_session": "20,000"}
    assert press(desk, "cohorts.partner", "own_terms", row, apply="1", cohort="").status_code == 422
    looked = text(press(desk, "cohorts.partner", "own_terms", row, apply="1", **said))
    assert "For 3 members and 4 sessions: ₩102,500." in looked
    assert not own(cohort)
    press(desk, "cohorts.partner", "own_terms", row, sure="1", **said)
    assert (own(cohort)[0].partner_share, own(cohort)[0].amounts.per_session) == (500, 20_000)
    for page in (page_of("cohorts.partner", row), page_of("cohorts.cohort", cohort)):
        assert "₩20,000 for each session of the group" in text(desk.get(page))
    looks = sign_in(staff("looks", "cohorts.view_partner"))
    press(looks, "cohorts.partner", "own_terms", row, sure="1", **{**said, "per_session": "1"})
    assert len(own(cohort)) == 1


def test_a_partner_sees_their_own_and_nobody_elses(cohort: Cohort, host: User, partner: User) -> None:
    other = make_person("second", "둘째")
    lead(other, cohort.subgroups.last())  # type: ignore[arg-type]
    send(host, cohort, partner, per_session="30,000")
    address = reverse("partner_earnings")
    assert "₩30,000 for each session of the group" in text(english(partner).get(address))
    theirs = text(english(other).get(address))
    assert "₩30,000" not in theirs
    assert "20 % of what each member paid" in theirs
    assert Client().get(address).status_code == 302


@pytest.mark.parametrize(
    "data",
    [
        {"version": 2, "per_session": 1},
        {"per_session": 1},
        {"version": 1, "per_week": 1},
        {"version": 1, "per_session": "1"},
        {"version": 1, "per_session": True},
        {"version": 1, "per_session": -1},
        {"version": 1, "bonus": 5},
        {"version": 1, "bonus": 5, "bonus_from": 10_001},
        {"version": 1, "bonus_from": 10},
        [],
    ],
)
def test_rules_nobody_knows_are_not_guessed(data: Any) -> None:
    with pytest.raises(ValueError, match=r"rules|amounts|bonus"):
        Rules.parse(data)


def test_rules_come_back_as_they_were_written() -> None:
    for rules in (Rules(), Rules(per_member=1, per_session=2, per_cohort=3, bonus=4, bonus_from=5)):
        assert Rules.parse(rules.written()) == rules
    assert Rules().written() == {}
