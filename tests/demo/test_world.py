"""The world of `make demo`, made into a database of its own and looked at by the people who live in it."""

from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth import authenticate
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cohorts.models import (
    Cohort,
    Enrollment,
    PartnerInvitation,
    Presentation,
    SeatGift,
    SeatGroup,
    Seats,
    Thanks,
)
from cohorts.policies import enrollments_in
from cohorts.services import contributions
from payments.models import (
    Difference,
    Dispute,
    LedgerAccount,
    LedgerEntry,
    Payee,
    Payment,
    PaymentLine,
    PayoutBatch,
)
from payments.services import deposits, payouts, refunds
from payments.services.audits import CHECKS
from showcase.models import CaseStudy, Comment
from studyplatform.accounts.models import User
from studyplatform.demo.world import data
from studyplatform.kit import moments
from studyplatform.mail.models import Letter
from studyplatform.pages.views import stuck
from tests.demo import tour
from tests.demo.making import Made, taken_back
from tests.demo.rows import rows_of, rows_of_post
from tests.payments.buying import balance

pytestmark = pytest.mark.django_db


def text_of(browser: Client, address: str, status: int = 200) -> str:
    answer = browser.get(address)
    assert answer.status_code == status, address
    return answer.content.decode()


def test_it_is_the_same_world_each_time(made: Made, made_before: list[Any]) -> None:
    assert made.told == made_before


def test_everybody_can_sign_in_with_the_password_demo(made: Made) -> None:
    for name in data.people():
        person = authenticate(email=f"{name}@example.com", password="demo")
        assert person is not None, name
        assert person.emailaddress_set.get().verified
    assert set(User.objects.filter(is_superuser=True).values_list("handle", flat=True)) == {"admin", "admin2"}


def test_a_visitor_finds_posts_and_open_cohorts(made: Made) -> None:
    front = text_of(Client(), "/")
    newest = CaseStudy.objects.filter(state="published", visibility="public", language="ko").latest("published_at")
    assert newest.title in front
    assert "/faces/" in front or "/media/" in front
    assert "Plain Words at Work" in text_of(Client(), "/en/")
    landing = text_of(Client(), made.world.cohorts["work-3"].get_absolute_url())
    for group in made.world.cohorts["work-3"].subgroups.all():
        assert group.topic in landing
        assert group.chat_link not in landing


def test_every_public_post_can_be_read_and_no_other(made: Made) -> None:
    written = [post.pk for post in made.world.posts.values()]
    crowd = CaseStudy.objects.exclude(pk__in=written).order_by("pk").values_list("pk", flat=True)[::8]
    for post in CaseStudy.objects.filter(pk__in=[*written, *crowd]).select_related("enrollment__cohort__study"):
        status = 200 if post.is_public else 410 if post.state == "removed" else 404
        text = text_of(Client(), reverse("case_study", args=[post.public_id, post.slug]), status)
        assert (post.title in text) == (status == 200), post.title


def test_a_post_for_the_cohort_is_read_by_its_members_only(made: Made) -> None:
    post = made.world.posts["question-box"]
    assert post.title in text_of(made.browser("member"), post.get_absolute_url())
    assert post.title not in text_of(made.browser("newcomer"), post.get_absolute_url(), 403)


def test_remixes_name_whom_they_continue(made: Made) -> None:
    first = made.world.posts["print-shop"]
    names = {post.author.name for post in first.remixes.all()}
    assert names >= {"윤재훈", "강미숙", "황준서", "명경림"}
    for remix in first.remixes.all():
        assert first.title in text_of(Client(), remix.get_absolute_url())


def test_a_sold_out_cohort_takes_nobody(made: Made) -> None:
    cohort = made.world.cohorts["numbers-2"]
    seats = Seats.objects.get(cohort=cohort)
    assert (seats.left, seats.waiting) == (0, 2)
    page = made.browser("newcomer").get(reverse("join", args=[cohort.study.slug, cohort.number]))
    assert page.templates[0].name == "payments/join/sold_out.html"


def test_a_cohort_too_small_was_called_off_by_itself_and_paid_back(made: Made) -> None:
    cohort = made.world.cohorts["numbers-1"]
    cohort.refresh_from_db()
    assert cohort.state == Cohort.State.CALLED_OFF
    for payment in Payment.objects.filter(lines__enrollment__cohort=cohort):
        assert [refund.state for refund in payment.lines.get().refunds.all()] == ["succeeded"]
        assert payment.lines.get().refunded == payment.amount


def test_the_member_sees_their_week(made: Made) -> None:
    browser, cohort = made.browser("member"), made.world.cohorts["work-2"]
    assert cohort.study.title in text_of(browser, "/home/")
    mine, other = cohort.subgroups.get(position=0), cohort.subgroups.get(position=1)
    space = text_of(browser, "/c/ai-at-work/9/")
    assert mine.chat_link in space
    assert other.chat_link not in space
    assert made.world.posts["lens-stock"].title in text_of(browser, "/home/posts/")
    turns = text_of(browser, "/c/ai-at-work/9/turns/")
    for name in ("서지원", "남성호", "권다혜"):
        assert name in turns
    assert text_of(made.browser("newcomer"), "/c/ai-at-work/9/", 403)


def test_the_next_session_has_ready_turns_and_a_free_one(made: Made) -> None:
    coming = made.world.cohorts["work-2"].sessions.get(subgroup=None, number=4)
    states = sorted(coming.presentations.values_list("state", flat=True))
    assert states == ["claimed", "ready", "ready", "ready"]
    assert coming.turns == 5


def test_everybody_who_completed_a_cohort_shows_two_posts(made: Made) -> None:
    finished = Cohort.objects.filter(state=Cohort.State.FINISHED, posts_needed__gt=0)
    assert finished.count() == 2
    for cohort in finished:
        completed = enrollments_in(cohort).filter(state=Enrollment.State.COMPLETED)
        assert completed.count() >= 5
        for enrollment in completed:
            out = enrollment.case_studies.filter(state="published")
            assert out.count() == contributions.count(enrollment, contributions.POST) >= 2, enrollment.person


def test_the_running_cohort_is_the_ninth_with_three_hundred_in_twenty_groups(made: Made) -> None:
    cohort = made.world.cohorts["work-2"]
    assert cohort.number == 9
    assert enrollments_in(cohort).count() == 300
    groups = cohort.subgroups.all()
    assert groups.count() == 20
    for group in groups:
        people = enrollments_in(cohort).filter(memberships__subgroup=group, memberships__until=None)
        assert people.count() == group.taken >= 8
        hellos = list(people.exclude(introduction="").values_list("introduction", flat=True))
        assert len(set(hellos)) == len(hellos) >= 8
        assert group.leaderships.get().partner.state == "approved"
    names = list(enrollments_in(cohort).values_list("person__profile__pen_name", flat=True))
    assert len(names) == len(set(names))


def test_the_crowds_rows_are_those_of_the_verbs(made: Made) -> None:
    cohort, verbs = made.world.cohorts["work-2"], made.world.people["hyejin"]
    told = rows_of(User.objects.get(pk=verbs.pk), cohort)
    crowd = [name for name in made.world.people if name[-1].isdigit()]
    assert len(crowd) > 250
    for name in crowd[60::50]:
        rows = rows_of(User.objects.get(handle=name), cohort)
        for what, row in rows.items():
            same = sorted(row) == sorted(told[what]) if what == "history" else row == told[what]
            assert same, (name, what, row, told[what])


def test_the_crowds_posts_and_turns_are_those_of_the_verbs(made: Made) -> None:
    told = rows_of_post(CaseStudy.objects.get(pk=made.world.posts["print-shop"].pk))
    crowd = CaseStudy.objects.filter(kept_from_search=True, enrollment__cohort=made.world.cohorts["work-1"])
    presented = crowd.exclude(presentation=None).order_by("pk")
    assert presented.count() > 5
    for post in presented[:3]:
        rows = rows_of_post(post)
        for what, row in rows.items():
            same = sorted(row) == sorted(told[what]) if what == "history" else row == told[what]
            assert same, (post, what, row, told[what])


def test_books_balance_and_match_stripe(made: Made) -> None:
    for currency in ("KRW", "USD"):
        entries = LedgerEntry.objects.filter(account__currency=currency).values_list("amount", flat=True)
        assert entries
        assert sum(entries) == 0
        assert balance("stripe", currency) == made.stripe.balance(currency)
    for escrow in LedgerAccount.objects.filter(kind="escrow", cohort__state="finished"):
        assert sum(escrow.entries.values_list("amount", flat=True)) == 0  # all of it was released


def test_seats_are_the_people_who_sit(made: Made) -> None:
    for seats in Seats.objects.select_related("cohort"):
        assert seats.taken == seats.cohort.enrollments.filter(state__in=Enrollment.SEATED).count()
        for group in seats.cohort.subgroups.all():
            assert group.taken == group.memberships.filter(until=None).count()


def test_two_batches_were_paid_and_one_waits_for_a_second_person(made: Made) -> None:
    first, second, waiting = PayoutBatch.objects.order_by("pk")
    assert [batch.state for batch in (first, second, waiting)] == ["closed", "closed", "draft"]
    assert (first.maker.handle, first.checker.handle) == ("admin", "admin2")
    assert set(first.payouts.values_list("state", flat=True)) == {"paid"}
    sent_back = second.payouts.get(state="failed")
    assert sent_back.reason
    assert waiting.payouts.get(payee=sent_back.payee).amount > sent_back.amount
    paid = first.payouts.get(payee__person=made.world.people["host"])
    assert f"{paid.amount:,}" in text_of(made.browser("host"), "/studio/money/")
    assert text_of(made.browser("admin2"), reverse("admin:payments_payoutbatch_change", args=[waiting.pk]))


def test_who_is_paid_through_stripe_was_and_one_comes_again(made: Made) -> None:
    payee = Payee.objects.get(person=made.world.people["daniel"])
    assert (payee.rail, payee.standing) == ("stripe", "enabled")
    assert [payout.state for payout in payee.payouts.all()] == ["paid"]
    assert "$" in text_of(made.browser("daniel"), "/studio/money/")
    again = Payee.objects.get(person=made.world.people["june"])
    assert list(payouts.not_made_anew()) == [again.payouts.get(state="failed")]
    assert again.enabled
    assert payouts.owed(again.person_id, "USD") >= payouts.MINIMUM["USD"]


def line_of(made: Made, name: str, key: str) -> PaymentLine:
    of = {"enrollment__person": made.world.people[name], "enrollment__cohort": made.world.cohorts[key]}
    return PaymentLine.objects.select_related("enrollment", "payment").get(**of)


def test_who_left_has_the_rules_part_back(made: Made) -> None:
    whole, part = line_of(made, "yerin", "work-2"), line_of(made, "dongwook", "work-1")
    assert whole.refunded == whole.amount
    assert 0 < part.refunded < part.amount
    for line in (whole, part):
        assert line.enrollment.state == "cancelled"
    assert line_of(made, "yerin", "work-3").enrollment.state == "active"


def test_refunds_stand_in_every_state_there_is_a_way_to(made: Made) -> None:
    def states(name: str, key: str) -> list[str]:
        return list(line_of(made, name, key).refunds.order_by("pk").values_list("state", flat=True))

    assert states("yerin", "work-2") == ["succeeded"]
    assert states("dongwook", "work-1") == ["failed", "succeeded"]  # from the bank
    assert states("woojung", "work-3") == ["failed", "manual"]
    assert states("ruth", "plain-2") == ["failed", "failed"]  # waits for a hand
    assert list(refunds.not_sent_again()) == [line_of(made, "ruth", "plain-2").refunds.latest("pk")]
    assert states("seungmin", "work-2") == ["succeeded"]  # from the host
    assert line_of(made, "seungmin", "work-2").enrollment.state == "active"
    assert states("ines", "plain-2") == ["pending"]  # made at Stripe


def test_cards_were_refused(made: Made) -> None:
    assert line_of(made, "jeongae", "work-3").payment.state == "paid"
    given_up = line_of(made, "boram", "work-3")
    assert (given_up.payment.state, given_up.enrollment.state) == ("expired", "expired")


def test_the_desk_says_what_waits(made: Made) -> None:
    front = text_of(made.browser("admin"), "/admin/")
    for matter in stuck.MATTERS:
        if matter.find().exists():
            assert str(matter.words) in front


def test_a_cohort_is_being_sold_out(made: Made) -> None:
    cohort = made.world.cohorts["signs-1"]
    held = cohort.enrollments.filter(state=Enrollment.State.HELD, hold_until__gt=timezone.now())
    assert (Seats.objects.get(cohort=cohort).left, held.count()) == (2, 2)
    seats = text_of(Client(), reverse("seats_fragment", args=[cohort.study.slug, cohort.number]))
    assert "2자리 결제 중" in seats


def test_the_eleventh_cohort_opens_in_three_days_to_who_came_before_first(made: Made) -> None:
    cohort = made.world.cohorts["work-4"]
    cohort.refresh_from_db()
    assert (cohort.state, cohort.is_on_sale, cohort.number) == ("open", False, 11)
    assert (cohort.alumni_hours, cohort.followers_hours, cohort.presale_seats) == (24, 12, 20)
    landing = text_of(Client(), cohort.get_absolute_url())
    assert moments.moment(cohort.opens_at, cohort.tz) in landing
    asked = PartnerInvitation.objects.get(state="pending", subgroup__cohort=cohort)
    assert asked.subgroup.topic in text_of(Client(), reverse("partner_invitation", args=[asked.token]))


def test_money_off_is_asked_for_promised_and_coded(made: Made) -> None:
    cohort, host = made.world.cohorts["work-3"], made.browser("host")
    states = dict(cohort.scholarship.applications.values_list("person__handle", "state"))
    assert states == {"okja": "granted", "sanghun": "declined", "mija": "asked"}
    assert "구미자" in text_of(host, "/studio/ai-at-work/cohorts/10/scholarships/")
    join = reverse("join", args=["ai-at-work", 10])
    assert "75,000원" in text_of(made.browser("okja"), join)
    assert "120,000원" in text_of(made.browser("member"), join)  # with her credit
    used = dict(cohort.study.coupons.values_list("code", "used"))
    assert used == {"NEIGHBOR10": 1, "SEEYOUAGAIN": 0}


def test_a_company_has_six_seats_and_two_of_its_people_sit(made: Made) -> None:
    group = SeatGroup.objects.get()
    assert (group.state, group.size, group.price) == ("invoiced", 6, 135_000)
    assert group.places.filter(person=None).count() == 4
    assert list(group.invitations.order_by("pk").values_list("state", flat=True)) == ["taken", "taken", "pending"]
    page = text_of(made.browser("gihoon"), reverse("seat_group", args=[group.public_id]))
    assert "방재우" in page
    assert "810,000원" in page


def test_deposits_fit_fall_short_and_wait(made: Made) -> None:
    found = Payment.objects.filter(provider="bank").order_by("pk")
    assert [(row.buyer.handle, row.state, deposits.missing(row)) for row in found] == [
        ("hyunjung", "paid", 0),
        ("gyeongrim", "open", 50_000),
        ("changho", "open", 150_000),
    ]
    assert [row.words for row in deposits.unmatched()] == ["김민서"]
    assert [row.kind for row in Difference.objects.filter(state="open")] == ["out_unknown"]
    assert Payment.objects.get(provider="outside").buyer.handle == "seonmi"


def test_a_seat_waits_for_an_answer_and_two_banks_were_asked(made: Made) -> None:
    gift = SeatGift.objects.get()
    assert (gift.state, gift.email) == ("pending", "yongjae@example.com")
    assert [row.state for row in Dispute.objects.order_by("opened_at")] == ["lost", "open"]


def test_a_season_of_suppers_is_over_and_the_next_is_open(made: Made) -> None:
    over, coming = made.world.cohorts["supper-1"], made.world.cohorts["supper-2"]
    over.refresh_from_db()
    assert (over.state, over.number, coming.number) == ("finished", 1, 2)
    assert enrollments_in(over).filter(state=Enrollment.State.COMPLETED).count() >= 8
    assert CaseStudy.objects.filter(enrollment__cohort=over, state="published").count() >= 4
    assert Thanks.objects.filter(presentation__session__cohort=over).exists()
    assert made.world.posts["supper-eggs"].title in text_of(Client(), "/studies/supper-table/")


def test_partners_find_their_groups(made: Made) -> None:
    assert "가게와 단골" in text_of(made.browser("partner"), "/partner/")
    groups = made.world.cohorts["work-2"].subgroups
    assert groups.filter(sessions__presentations__state=Presentation.State.DONE).distinct().count() >= 18


def test_nothing_is_overdue_and_no_old_letter_leaves(made: Made) -> None:
    assert made.overdue == {}
    assert Letter.objects.count() > 50
    assert not Letter.objects.filter(done_at=None).exists()
    sent = {delivery["state"] for delivery in made.stripe.ask("GET", "deliveries")["deliveries"]}
    assert sent <= {"dropped"}


def test_the_tour_can_be_followed(made: Made, settings: Any) -> None:
    """docs/tour.md by chapter: what it opens is there, what it presses can be pressed, what it names is seen."""
    told = tour.chapters(Path(settings.BASE_DIR, "docs", "tour.md").read_text())
    assert [who for _title, who, _steps in told] == [None, "newcomer", "member", "partner", "host", "admin", None, None]
    for title, who, steps in told:
        with taken_back():
            assert steps, title
            tour.walk(made.browser(who) if who else Client(), steps)


def test_the_crowd_writes_and_no_search_engine_is_shown_it(made: Made) -> None:
    over, running = made.world.cohorts["work-1"], made.world.cohorts["work-2"]
    crowd = CaseStudy.objects.filter(kept_from_search=True)
    assert crowd.filter(enrollment__cohort=over).count() > 40
    assert not crowd.filter(indexed=True).exists()
    assert set(crowd.filter(enrollment__cohort=running).values_list("visibility", flat=True)) == {"cohort"}
    completed = Enrollment.objects.filter(cohort=over, state=Enrollment.State.COMPLETED)
    assert completed.count() > 20
    assert all(place.case_studies.filter(state="published").count() >= 2 for place in completed)
    assert crowd.values("title").distinct().count() > crowd.count() * 0.9


def test_people_say_something_to_each_other(made: Made) -> None:
    assert Comment.objects.filter(answers=None).count() > 20
    assert Comment.objects.exclude(answers=None).exists()
    assert 60 <= Thanks.objects.count() <= 130
    words = Thanks.objects.filter(presentation__session__cohort=made.world.cohorts["work-2"]).values_list("words")
    assert len(set(words)) == len(words)
    said = Comment.objects.select_related("case_study").first()
    assert said.text[:20] in text_of(Client(), said.case_study.get_absolute_url())


def test_its_books_hold_against_what_made_them(made: Made) -> None:
    assert [one for check in CHECKS.values() for one in check()] == []
