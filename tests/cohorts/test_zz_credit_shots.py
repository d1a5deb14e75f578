import datetime
import pathlib

import pytest
from django.urls import reverse
from django.utils import timezone

from cohorts.models import Enrollment, Presentation
from cohorts.services import coupons, seats
from payments.services import payments
from tests.cohorts.credit import give
from tests.payments.test_moving import make_later
from tests.people import enroll, make_person, sign_in

pytestmark = pytest.mark.django_db
OUT = pathlib.Path("/tmp/credit-html")


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_shots(study, cohort, host, member, stranger, lang):
    for who in (host, member, stranger):
        who.language = lang
        who.save(update_fields=["language"])
    place = Enrollment.objects.get(cohort=cohort, person=member)
    session = cohort.sessions.filter(subgroup=None)[0]
    Presentation.objects.create(session=session, enrollment=place, position=1, state=Presentation.State.DONE)
    for n in range(3):
        enroll(make_person(f"q{n}", ["김하늘", "이도윤", "박서연"][n]), cohort)
    give(member, study, 50_000, ends_at=timezone.now() + datetime.timedelta(days=60))
    give(member, study, 30_000)
    coupons.make(study, "FRIEND10", percent=10, limit=5)
    later = make_later(study, 150_000)
    mine, theirs = sign_in(member), sign_in(host)
    join = reverse("join", args=[study.slug, later.number])

    def keep(name, answer):
        (OUT / f"{name}-{lang}.html").write_text(answer.content.decode())

    keep("join", mine.get(join))
    keep("join-coupon", mine.post(join, {"apply": "1", "coupon": "FRIEND10"}))
    keep("join-kept", mine.post(join, {"apply": "keep"}))
    keep("payments", mine.get(reverse("payments")))
    keep("give", theirs.get(reverse("member_credit", args=[place.public_id])))
    many = reverse("studio_cohort_credit", args=[study.slug, cohort.number])
    keep("many", theirs.get(many))
    typed = {
        "amount": "30,000",
        "words": "발표해 줘서 고마워요. 다음 기수에서도 만나요.",
        "ends_on": "",
        "key": "abcdefghjk",
        "whom": "all",
    }
    keep("many-preview", theirs.post(many, typed))
    keep("people", theirs.get(reverse("studio_people", args=[study.slug, cohort.number])))
    keep("study", theirs.get(reverse("studio_study", args=[study.slug])))
    payments.open_for(member, later, provider="bank") if False else None
    held = seats.hold(member, later, credit=True)
    keep("join-held", mine.get(join))
    payments.ask(member, held, held.price)
    seats.settle(held)
    keep("leave", mine.get(reverse("leave", args=[study.slug, later.number])))

    give(stranger, study, 20_000)
    keep("credits", theirs.get(reverse("studio_credits", args=[study.slug])))
    keep("back", theirs.get(reverse("studio_credit_back", args=[study.slug, study.credits.order_by("-pk")[0].pk])))
    from studyplatform.mail.models import Letter

    for n, letter in enumerate(Letter.objects.filter(key__startswith="credit-")):
        (OUT / f"letter{n}-{lang}.html").write_text(letter.html)
        (OUT / f"letter{n}-{lang}.txt").write_text(letter.subject + "\n" + letter.text)
