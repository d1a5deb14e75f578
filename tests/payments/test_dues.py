"""Terms of one partner: a share of seats, amounts out of the host's share, once per fact and never more than it."""

import datetime
import re
import threading
from typing import Any

import pytest
import time_machine
from django.db import connections
from django.urls import reverse
from django.utils import timezone

from cohorts.models import Cohort, Enrollment, Partner, Price, Session, Study
from cohorts.services import leaderships
from payments.models import Due, LedgerTransaction, Payment
from payments.services import disputes, dues, expected, ledger, refunds, releases, sales
from payments.truth import Charge
from studyplatform.accounts.models import User
from studyplatform.kit import queue
from tests.cohorts.hosting import english, studio, text
from tests.payments.disputing import claim
from tests.payments.money_world import everything, owed, paid_members, paid_seat
from tests.people import lead, make_cohort, make_person, make_study

pytestmark = pytest.mark.django_db
MINUTE = datetime.timedelta(minutes=1)


def with_group_sessions(cohort: Cohort) -> Cohort:
    """Let the first group meet an hour after each session of the cohort, as the rule of the week writes it."""
    group = cohort.subgroups.first()
    for one in cohort.sessions.filter(subgroup=None):
        start = one.starts_at + datetime.timedelta(hours=3)
        Session.objects.create(cohort=cohort, subgroup=group, number=one.number, starts_at=start, minutes=60, turns=3)
    return cohort


@pytest.fixture
def table(study: Any, partner: User) -> Cohort:
    """Six weeks at 150,000 won; the partner leads a group of twelve seats that meets every week."""
    cohort = make_cohort(study, capacity=24, weeks=6)
    lead(partner, cohort.subgroups.first())
    return with_group_sessions(cohort)


def agree(host: User, cohort: Cohort, who: User, **typed: str) -> str:
    """Let a host agree with a partner, in the studio; return the page afterwards."""
    address = studio("terms", cohort, who.handle)
    return text(english(host).post(address, {**typed, "sure": "1"}, follow=True))


def live_until(cohort: Cohort, week: int) -> None:
    """Let the clock pass the sessions of so many weeks, the queues of money looking after each."""
    for session in cohort.sessions.filter(number__lte=week, released_at=None).order_by("starts_at"):
        with time_machine.travel(session.ends_at + MINUTE, tick=False):
            for name in ("payments.drain_releases", "payments.drain_led"):
                queue.drain(name)


def finish(cohort: Cohort) -> None:
    """Let a cohort come to its end."""
    last = cohort.sessions.order_by("-starts_at")[0]
    with time_machine.travel(last.ends_at + MINUTE, tick=False):
        queue.drain("cohorts.drain_finished")
        queue.drain("payments.drain_ended")


def page_of(person: User, name: str = "partner_earnings") -> str:
    return re.sub(r"\s+", " ", text(english(person).get(reverse(name))))


def test_what_the_preview_says_is_what_twelve_members_and_six_sessions_bring(
    table: Cohort, host: User, partner: User
) -> None:
    address, typed = studio("terms", table, partner.handle), {"per_member": "10,000", "per_session": "32,000"}
    page = text(english(host).post(address, typed))
    assert "₩10,000 for each paying member" in page
    assert "For 12 members and 6 sessions: ₩312,000." in page
    assert not table.terms.exclude(partner=None).exists()  # looked at, not agreed on
    agree(host, table, partner, **typed)
    lines = paid_members(table, 12, table.subgroups.first())
    for line in lines:
        sales.book_fee(line.payment, Charge("ch", "visa", 5_251, "KRW"))
    live_until(table, 2)
    assert owed(partner) == 12 * 3_333 + 2 * 32_000  # a third of 10,000, cut to the won until the end
    live_until(table, 6)
    assert owed(partner) == 312_000
    assert owed(host) == 1_251_264  # of 12 x 144,749 the platform has 173,724
    assert everything() == 0
    page = page_of(partner)
    assert "For leading: 내 일에 AI 쓰기, cohort 1, the groups’ session 6" in page
    assert "₩312,000" in page  # ready to be paid
    assert "Owed still" not in page
    page = page_of(host, "earnings")
    assert "To partners · For leading: 내 일에 AI 쓰기, cohort 1, the groups’ session 6" in page
    assert "−₩32,000" in page


def test_in_dollars_share_amounts_and_bonus(host: User, partner: User) -> None:
    cohort = make_cohort(make_study(host), currency="USD", amount=4_800, capacity=8, subgroups=1)
    lead(partner, cohort.subgroups.first())
    with_group_sessions(cohort)
    typed = {"partner_share": "10", "per_session": "12.50", "per_cohort": "20", "bonus": "30.05", "bonus_from": "50"}
    page = agree(host, cohort, partner, **typed)
    assert "For 4 members and 4 sessions: $89.20. With the bonus: $119.25." in page
    paid_members(cohort, 4, cohort.subgroups.first())
    live_until(cohort, 4)
    assert owed(partner, "USD") == 4 * 480 + 4 * 1_250
    half = Enrollment.objects.filter(cohort=cohort).order_by("pk")[:2]
    Enrollment.objects.filter(pk__in=half.values("pk")).update(state="completed")
    finish(cohort)
    assert owed(partner, "USD") == 11_925
    assert owed(host, "USD") == 4 * 4_800 * 9 // 10 - 11_925
    assert "Bonus for members who completed" in page_of(partner)
    assert everything() == 0


def test_the_bonus_is_not_paid_for_less_and_the_end_is_settled_once(table: Cohort, host: User, partner: User) -> None:
    agree(host, table, partner, per_cohort="50,000", bonus="30,000", bonus_from="50")
    paid_members(table, 4, table.subgroups.first())
    live_until(table, 6)
    first = Enrollment.objects.filter(cohort=table).order_by("pk")[0]
    Enrollment.objects.filter(pk=first.pk).update(state="completed")
    finish(table)
    Enrollment.objects.filter(cohort=table).update(state="completed")  # too late
    finish(table)
    assert [(due.kind, due.amount) for due in Due.objects.all()] == [("cohort", 50_000)]
    Cohort.objects.filter(pk=table.pk).update(rewarded_at=None)
    dues.reward_cohort(table)
    assert Due.objects.filter(kind="cohort").count() == 1
    assert LedgerTransaction.objects.filter(cause__startswith="due:", due__kind="cohort").count() == 1


def test_who_does_not_lead_to_the_end_gets_nothing_for_all_of_it(
    table: Cohort, host: User, partner: User, stranger: User
) -> None:
    agree(host, table, partner, per_cohort="50,000", per_session="10,000")
    paid_members(table, 2, table.subgroups.first())
    live_until(table, 1)
    third = table.sessions.get(number=3, subgroup=None)
    with time_machine.travel(third.starts_at, tick=False):
        leaderships.hand_over(host, table.subgroups.first(), Partner.objects.create(person=stranger, state="approved"))
    live_until(table, 6)
    finish(table)
    assert not Due.objects.filter(kind="cohort").exists()
    assert Due.objects.filter(kind="session", person=partner).count() == 2
    assert not Due.objects.filter(person=stranger).exists()  # the cohort's terms are a share and no amounts


def test_a_stand_in_is_paid_by_their_own_terms_on_their_day(
    table: Cohort, host: User, partner: User, stranger: User
) -> None:
    agree(host, table, partner, per_session="10,000")
    group, second = table.subgroups.first(), table.sessions.get(number=2, subgroup=None)
    stands = Partner.objects.create(person=stranger, state="approved")
    the_day = second.starts_at.astimezone(table.tz).date()
    leaderships.assign(host, stands, group, kind="stand-in", first=the_day, last=the_day + datetime.timedelta(days=1))
    agree(host, table, stranger, per_session="7,000")
    paid_members(table, 2, group)
    live_until(table, 3)
    assert list(Due.objects.order_by("session__number").values_list("person", "amount")) == [
        (partner.pk, 10_000),
        (stranger.pk, 7_000),
        (partner.pk, 10_000),
    ]


def test_seats_keep_the_terms_they_were_sold_under(table: Cohort, host: User, partner: User) -> None:
    before = paid_members(table, 1, table.subgroups.first())
    agree(host, table, partner, partner_share="50")
    after = make_person("later", "나중")
    line = paid_seat(after, table, table.subgroups.first())
    live_until(table, 1)
    got = {row.line_id: row for row in LedgerTransaction.objects.filter(cause__startswith="release:")}
    share = ledger.payable(partner.pk, "KRW")
    parts = [-got[one.pk].entries.get(account=share).amount for one in (before[0], line)]
    assert parts == [5_000, 12_500]  # 25,000: a fifth by the cohort's terms, a half by their own


def test_a_partner_without_own_terms_goes_by_the_cohorts_and_others_are_not_touched(
    table: Cohort, host: User, partner: User, stranger: User
) -> None:
    lead(stranger, table.subgroups.last())
    agree(host, table, partner, partner_share="0")
    paid_seat(make_person("a", "가"), table, table.subgroups.first())
    paid_seat(make_person("b", "나"), table, table.subgroups.last())
    live_until(table, 1)
    assert (owed(partner), owed(stranger)) == (0, 5_000)


def test_never_more_than_the_host_has_the_rest_is_owed_shown_and_paid_later(
    table: Cohort, host: User, partner: User
) -> None:
    agree(host, table, partner, partner_share="0", per_session="40,000")
    paid_members(table, 1, table.subgroups.first())
    live_until(table, 1)
    assert (owed(partner), owed(host)) == (22_500, 0)  # 25,000 less the platform's tenth
    for person, name in ((partner, "partner_earnings"), (host, "earnings")):
        page = page_of(person, name)
        assert "Owed still" in page
        assert "₩17,500" in page
    live_until(table, 2)
    assert (owed(partner), owed(host)) == (45_000, 0)
    assert sum(due.missing for due in dues.unpaid(Due.objects.all())) == 35_000
    first, second = Due.objects.order_by("pk").values_list("pk", flat=True)
    booked = LedgerTransaction.objects.filter(due__isnull=False).order_by("pk").values_list("cause", flat=True)
    assert list(booked) == [f"due:{first}:0", f"due:{first}:22500", f"due:{second}:0"]
    paid_members(make_cohort(table.study), 5)
    live_until(table, 6)
    assert (owed(partner), owed(host)) == (135_000, 675_000)  # another cohort's money is not touched
    assert everything() == 0


def test_a_host_who_gave_money_back_owes_the_partner_until_sessions_bring_it(
    table: Cohort, host: User, partner: User
) -> None:
    agree(host, table, partner, partner_share="0", per_session="20,000")
    lines = paid_members(table, 2, table.subgroups.first())
    first = table.sessions.get(number=1, subgroup=None)
    with time_machine.travel(first.ends_at + MINUTE, tick=False):
        queue.drain("payments.drain_releases")
    refunds.owe(lines[0], 150_000, "left")  # 25,000 of it the host's
    assert owed(host) == 20_000
    live_until(table, 1)
    assert (owed(partner), owed(host)) == (20_000, 0)


def test_a_session_is_paid_once_whoever_looks_how_often(table: Cohort, host: User, partner: User) -> None:
    agree(host, table, partner, per_session="10,000")
    paid_members(table, 2, table.subgroups.first())
    live_until(table, 1)
    session = table.sessions.get(number=1, subgroup__isnull=False)
    for _ in range(2):
        dues.reward_session(session)
    Session.objects.filter(pk=session.pk).update(released_at=None)
    dues.reward_session(session)
    assert Due.objects.filter(kind="session").count() == 1
    assert LedgerTransaction.objects.filter(cause__startswith="due:").count() == 1


@pytest.mark.parametrize("why", ["cancelled", "empty", "called off", "to come"])
def test_a_session_that_was_not_held_pays_nothing(table: Cohort, host: User, partner: User, why: str) -> None:
    agree(host, table, partner, per_session="10,000")
    paid_members(table, 2, table.subgroups.last() if why == "empty" else table.subgroups.first())
    session = table.sessions.get(number=1, subgroup__isnull=False)
    if why == "cancelled":
        Session.objects.filter(pk=session.pk).update(state="cancelled")
    if why == "called off":
        Cohort.objects.filter(pk=table.pk).update(state="called_off")
    with time_machine.travel(session.starts_at + MINUTE if why == "to come" else session.ends_at, tick=False):
        queue.drain("payments.drain_led")
        if why in ("cancelled", "called off"):  # meanwhile: the queue had seen it before
            dues.reward_session(session)
    assert not Due.objects.exists()


def test_terms_agreed_after_a_session_do_not_pay_for_it(table: Cohort, host: User, partner: User) -> None:
    paid_members(table, 2, table.subgroups.first())
    live_until(table, 1)
    second = table.sessions.get(number=2, subgroup=None)
    with time_machine.travel(second.starts_at, tick=False):
        agree(host, table, partner, per_session="10,000")
    live_until(table, 2)
    assert [due.session.number for due in Due.objects.select_related("session")] == [2]


def test_what_is_still_to_come_counts_the_amounts(table: Cohort, host: User, partner: User) -> None:
    agree(host, table, partner, partner_share="10", per_member="6,000", per_session="5,000", per_cohort="40,000")
    paid_members(table, 2, table.subgroups.first())
    live_until(table, 2)
    page = page_of(partner)
    assert "₩88,000" in page  # of 200,000 a tenth, two thirds of 12,000, four sessions, the end
    assert "₩92,000" in page_of(host, "earnings")  # 160,000 less 8,000, 20,000 and 40,000
    assert "What was agreed for leading" in page
    assert "What was agreed for leading" not in page_of(host, "earnings")


def test_a_seat_that_costs_the_host_more_than_it_brings_takes_from_what_the_others_bring(
    table: Cohort, host: User, partner: User
) -> None:
    agree(host, table, partner, partner_share="0", per_member="20,000")
    for price in (12_000, 150_000):
        Price.objects.filter(cohort=table).update(amount=price)
        paid_seat(make_person(f"for-{price}", "멤버"), table, table.subgroups.first())
    assert "₩105,800" in page_of(host, "earnings")  # 10,800 and 135,000 less twice 20,000
    live_until(table, 6)
    assert (owed(host), owed(partner)) == (105_800, 40_000)


def to_come(person: User) -> list[tuple[str, int, int]]:
    return [(row.role, row.seats, row.amount) for row in expected.of(person)]


def test_what_is_to_come_is_of_who_leads_and_not_of_who_stands_in(
    table: Cohort, host: User, partner: User, stranger: User
) -> None:
    group, today = table.subgroups.first(), timezone.now().astimezone(table.tz).date()
    agree(host, table, partner, per_session="10,000")
    stands = Partner.objects.create(person=stranger, state="approved")
    leaderships.assign(host, stands, group, kind="stand-in", first=today, last=today + datetime.timedelta(days=1))
    agree(host, table, stranger, per_session="7,000")
    paid_members(table, 2, group)
    assert to_come(host) == [("host", 2, 210_000)]  # 270,000 less six sessions
    assert (to_come(partner), to_come(stranger)) == ([("partner", 2, 60_000)], [])


def test_what_is_to_come_goes_with_the_group(table: Cohort, host: User, partner: User, stranger: User) -> None:
    agree(host, table, partner, per_session="10,000")
    paid_members(table, 2, table.subgroups.first())
    leaderships.hand_over(host, table.subgroups.first(), Partner.objects.create(person=stranger, state="approved"))
    assert (to_come(host), to_come(partner)) == ([("host", 2, 210_000)], [])
    assert to_come(stranger) == [("partner", 2, 60_000)]


def test_after_the_last_session_nothing_is_to_come(table: Cohort, host: User, partner: User) -> None:
    agree(host, table, partner, per_cohort="50,000")
    paid_members(table, 2, table.subgroups.first())
    whole = table.sessions.filter(subgroup=None)
    whole.filter(number=6).update(state="cancelled")
    assert [row.sessions for row in expected.of(partner)] == [5]
    for session in whole.exclude(number=6):
        releases.release(session)
    assert (to_come(host), to_come(partner)) == ([], [])


def test_who_the_study_is_paid_to_now_owes_themselves_nothing(table: Cohort, host: User, partner: User) -> None:
    agree(host, table, partner, per_session="10,000")
    Study.objects.update(payee=partner)
    paid_members(table, 2, table.subgroups.first())
    assert to_come(partner) == [("host", 2, 270_000), ("partner", 2, 0)]
    assert to_come(host) == []


def test_of_a_seat_whose_money_a_bank_holds_nothing_is_to_come(table: Cohort, host: User, partner: User) -> None:
    [line] = paid_members(table, 1, table.subgroups.first())
    Payment.objects.update(intent="pi_1")
    line.payment.refresh_from_db()
    assert (len(to_come(host)), len(to_come(partner))) == (1, 1)
    disputes.record(line.payment, claim(), timezone.now())
    assert (to_come(host), to_come(partner)) == ([], [])


@pytest.mark.django_db(transaction=True)
def test_a_session_and_a_release_at_once_pay_each_once(table: Cohort, host: User, partner: User) -> None:
    agree(host, table, partner, per_session="10,000", per_member="6,000")
    paid_members(table, 2, table.subgroups.first())
    whole, group = (table.sessions.get(number=1, subgroup__isnull=one) for one in (True, False))
    ready = threading.Barrier(4)

    def go(verb: Any, session: Session) -> None:
        ready.wait()
        verb(session)
        connections.close_all()

    work = [(releases.release, whole), (dues.reward_session, group)] * 2
    with time_machine.travel(group.ends_at + MINUTE, tick=False):
        threads = [threading.Thread(target=go, args=one) for one in work]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert owed(partner) == 2 * 1_000 + 10_000
    assert everything() == 0
