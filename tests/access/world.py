"""The world the access matrix is tried in: everybody a page may be asked by, and every thing an address may name."""

import datetime
import io
from dataclasses import dataclass, field
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.utils import timezone
from PIL import Image

from cohorts.models import Cohort, Enrollment, Presentation, SeatGroup, Session, Subgroup
from cohorts.services import (
    copies,
    coupons,
    credits,
    follows,
    group_seats,
    partner_applications,
    partner_invitations,
    scholarships,
    seat_groups,
    seats,
    thanks,
    waiting,
)
from payments.models import Payee, Payment, Receipt
from payments.services import deposit_plans, giving, invoices, ledger
from showcase.services import case_studies, comments, pictures
from studyplatform.accounts.models import User
from studyplatform.accounts.services import api_tokens
from tests.cohorts.asking import ANSWERS
from tests.payments.buying import begin, join_url
from tests.payments.companies import sell
from tests.people import enroll, lead, make_cohort, make_person, make_study, sign_in
from tests.showcase.make import FULL, post, turn

ROLES = (
    "anonymous",  # no account
    "stranger",  # an account, member of nothing
    "member",  # of cohort 1, first subgroup; author of all posts; buyer of all payments
    "elsewhere",  # member of cohort 2 of the same study
    "ended",  # left cohort 1
    "partner",  # leads the first subgroup of cohort 1
    "partner2",  # leads its second subgroup
    "partner3",  # leads a subgroup of cohort 2
    "host",  # runs the study
    "host2",  # runs another one
    "admin",  # runs the platform
)

SECRET = "https://secret.example.com"
INSIDERS = {"member", "partner", "partner2", "host"}  # of cohort 1


@dataclass
class World:
    """Everybody by role, and everything by the name the table calls it."""

    people: dict[str, User] = field(default_factory=dict)
    things: dict[str, Any] = field(default_factory=dict)

    def __getattr__(self, name: str) -> Any:
        return self.things[name]


def build() -> World:
    """Make the world. Cohort 2 is free for members; cohort 3 is a draft; cohort 4 costs money and is bought into."""
    world = World({role: make_person(role, f"{role} 님") for role in ROLES if role not in ("anonymous", "admin")})
    world.people["admin"] = make_person("admin", "운영자", is_staff=True, is_superuser=True)
    _cohorts(world)
    _posts(world)
    _money(world)
    _company(world)
    world.things["full"] = make_cohort(world.study, amount=0, capacity=1)
    enroll(make_person("seated", "앉은이"), world.full)
    waiting.wait(world.people["stranger"], world.full)
    return world


def _cohorts(world: World) -> None:
    people = world.people
    study = make_study(people["host"], for_whom="자기 일을 바꾸고 싶은 사람")
    make_study(people["host2"], slug="bread", title="동네 빵")
    first, second = make_cohort(study, capacity=12, link=f"{SECRET}/first"), make_cohort(study, amount=0)
    draft = make_cohort(study, state=Cohort.State.DRAFT, opened_at=None, link=f"{SECRET}/draft")
    for row in first.subgroups.all():
        Subgroup.objects.filter(pk=row.pk).update(chat_link=f"{SECRET}/chat/{row.position}", greeting="SECRET greeting")
    draft.sessions.all().delete()  # opening makes them
    groups, others = first.subgroups.all(), second.subgroups.all()
    for role, group in (("partner", groups[0]), ("partner2", groups[1]), ("partner3", others[0])):
        lead(people[role], group)
    partner_applications.apply(people["elsewhere"], **ANSWERS)
    place = enroll(people["member"], first, groups[0])
    elsewhere = enroll(people["elsewhere"], second)
    seats.release(enroll(people["ended"], first, groups[0]), Enrollment.State.CANCELLED)
    starts = first.sessions.first().starts_at
    own = Session.objects.create(cohort=first, subgroup=groups[0], number=1, starts_at=starts, minutes=60, turns=3)
    follows.follow(people["ended"], study)
    scholarships.offer(people["host"], first, places=5, percent=50)
    world.things |= {
        "application": scholarships.ask(people["ended"], first, "SECRET words"),
        "study": study,
        "cohort": first,
        "second": second,
        "draft_cohort": draft,
        "closed_cohort": make_cohort(study, state=Cohort.State.CLOSED),
        "copied": copies.run_again(people["host"], first),
        "place": place,
        "credit": credits.give(
            people["host"], people["elsewhere"], study, 1_000, currency="KRW", words="고마워요.", key="2" * 10
        ),
        "coupon": coupons.make(study, "FRIEND10", percent=10, limit=5),
        "group": groups[0],
        "other_group": groups[1],
        "empty_group": first.subgroups.create(position=9, topic="빈 모임", weekday=1, meets_at="21:00", capacity=3),
        "invitation": partner_invitations.invite(people["host"], groups[1], people["stranger"].email),
        "gift": giving.offer(people["elsewhere"], elsewhere, name="누구", email=people["stranger"].email),
        "session": first.sessions.filter(subgroup=None).first(),
        "last_session": first.sessions.filter(subgroup=None).last(),
        "group_session": own,
    }


def _posts(world: World) -> None:
    member, place = world.people["member"], world.place
    turn(member, world.cohort)
    in_cohort = {"enrollment_id": place.pk}
    world.things |= {
        "token": api_tokens.make(member, "달력", ["read"])[0],
        "public": post(member, html=FULL, **in_cohort),
        "private": post(member, out=False, title="SECRET draft", **in_cohort),
        "inside": post(member, title="SECRET among us", visibility="cohort", **in_cohort),
        "removed": case_studies.remove(post(member, title="SECRET removed", **in_cohort), member),
    }
    shown = Presentation.objects.create(
        session=world.cohort.sessions.filter(subgroup=None)[1],
        enrollment=place,
        position=1,
        state=Presentation.State.DONE,
    )
    thanks.give(world.people["host"], shown, "잘 들었어요. 고마워요.")
    world.things |= {
        "presented": shown,
        "comment": comments.write(member, world.public, "어떠셨나요?"),
        "strangers_comment": comments.write(world.people["stranger"], world.public, "좋았어요."),
    }
    comments.write(world.people["partner"], world.inside, "SECRET said among us")
    for name in ("public", "private", "inside"):
        world.things[f"{name}_picture"] = pictures.add(world.things[name], picture_file())
    default_storage.save("faces/matrix.webp", ContentFile(webp()))
    default_storage.save("other/matrix.webp", ContentFile(webp()))


def _money(world: World) -> None:
    """The member has a paid seat's payment, and one whose hosted page is open."""
    member = world.people["member"]
    known = {"provider": "stripe", "state": Payment.State.PAID, "due_at": None, "paid_at": timezone.now()}
    paid = Payment.objects.create(buyer=member, amount=150_000, currency="KRW", **known)
    paid.lines.create(enrollment=world.place, amount=paid.amount)
    by_bank = Payment.objects.create(buyer=member, amount=150_000, currency="KRW", **{**known, "provider": "bank"})
    by_bank.lines.create(enrollment=world.place, amount=by_bank.amount)
    Receipt.objects.create(payment=paid, number="R-2027-000001")
    host, bank = ledger.payable(world.people["host"].pk, "KRW"), ledger.account(ledger.Kind.BANK, "KRW")
    by_deposit = make_cohort(world.study, amount=80_000)
    account = {"bank": "국민은행", "holder": "두루", "account": "123456789012"}
    plan = deposit_plans.save(world.people["host"], by_deposit, on=True, share=5_000, hours=24, **account)
    deposit_plans.confirm(world.people["admin"], plan.account)
    sign_in(member).post(join_url(by_deposit), {"terms": "on", "provider": "bank"})
    world.things |= {
        "booked": ledger.post("earned", {bank: 50_000, host: -50_000}),
        "deposit": Payment.objects.get(lines__enrollment__cohort=by_deposit),
        "paid": paid,
        "by_bank": by_bank,
        "open": begin(sign_in(member), make_cohort(world.study, amount=90_000)),
        "payee": Payee.objects.create(person=world.people["host"], currency="KRW", enabled=True),
        "later": make_cohort(world.study, starts_on=by_deposit.starts_on + datetime.timedelta(weeks=2)),
    }


def _company(world: World) -> None:
    """The member bought a company's seats, one of which is taken, and has a quote for more."""
    host, member = world.people["host"], world.people["member"]
    cohort = make_cohort(world.study, amount=70_000, capacity=20)
    sell(host, cohort, invoice_days="14")
    told = {"company": "한빛상회", "contact": "배소라", "contact_email": member.email, "language": "ko"}
    company, quote = (seat_groups.quote(member, cohort, size=4, **told) for _n in range(2))
    with transaction.atomic():
        places = seat_groups.hold(member, company)
        seat_groups.settle(seat_groups.locked(company), places)
    SeatGroup.objects.filter(pk=company.pk).update(state=SeatGroup.State.PAID)
    group_seats.invite(member, company, ["asked@example.com"])
    group_seats.take(make_person("colleague", "동료"), company.token)
    owing = seat_groups.quote(member, cohort, size=2, **told)
    invoices.accept(member, owing)
    SeatGroup.objects.filter(pk=owing.pk).update(state=SeatGroup.State.OVERDUE)
    world.things |= {"company": company, "quote": quote, "overdue": owing}


def webp() -> bytes:
    """Return a small picture."""
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "teal").save(out, "WEBP")
    return out.getvalue()


def picture_file() -> SimpleUploadedFile:
    """Return a small picture as a browser sends it."""
    return SimpleUploadedFile("a.webp", webp(), "image/webp")
