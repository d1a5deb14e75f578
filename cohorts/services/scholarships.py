"""Scholarships: offered by a host, asked for, answered; a yes is a price that holds for some days.

A scholarship stands alone: it takes the place of part, early price and coupon, and counts where it is the lowest. The
places are one conditional update of their own row. Lock order: enrollment, application, scholarship; seats last.
"""

import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Exists, F, OuterRef, QuerySet
from django.db.models.functions import Greatest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cohorts import presale, pricing, scholarship_letters
from cohorts.models import Cohort, Coupon, Enrollment, Scholarship, ScholarshipApplication
from cohorts.policies import Reader
from cohorts.services import coupons, prices
from studyplatform.accounts.models import User
from studyplatform.kit import history
from studyplatform.kit.errors import Refused

State = ScholarshipApplication.State
KIND = "scholarship"  # of a seat's price
HOLDS = datetime.timedelta(days=7)  # how long a yes holds its price
COPIED = ("places", "percent", "for_whom")  # to the next run
KEPT = datetime.timedelta(days=30)  # how long words are kept after the answer, or after joining closed without one


@transaction.atomic
def offer(host: User, cohort: Cohort, *, places: int, percent: int, for_whom: str = "") -> Scholarship:
    """Offer so many places at `percent` off, or change that. Raises Refused below what is given, or for free seats."""
    row = Cohort.objects.select_for_update(no_key=True).get(pk=cohort.pk)
    if not pricing.standard(row):
        raise Refused(_("A seat is free already. There is nothing to take off."), field="places")
    values = {"places": places, "percent": percent, "for_whom": for_whom.strip()}
    scholarship, made = Scholarship.objects.get_or_create(cohort=row, defaults=values)
    fits = Scholarship.objects.filter(pk=row.pk, used__lte=places)
    if not made and not fits.update(**values):
        raise Refused(_("You have said yes to more people than that."), field="places")
    history.record(row, row.state, row.state, host, note=f"scholarship: {places} places, {percent} % off")
    scholarship.refresh_from_db()
    return scholarship


def of(cohort: Cohort) -> Scholarship | None:
    """Return what a cohort offers, if its host offers any."""
    return Scholarship.objects.filter(cohort=cohort, places__gt=0).first()


@transaction.atomic
def ask(person: User, cohort: Cohort, words: str) -> ScholarshipApplication:
    """Ask for a place with a few words, for the hosts alone. Raises Refused when there is none, or one asked before."""
    scholarship = of(cohort)
    if not scholarship or not cohort.is_joinable:
        raise Refused(_("This cohort offers no scholarship now."), code="closed")
    if not scholarship.left:
        raise Refused(_("Every scholarship of this cohort is given."), code="all_given")
    if cohort.enrollments.filter(person=person, state__in=Enrollment.BELONGS).exists():
        raise Refused(_("You are already in this cohort."), code="already_in")
    until = cohort.closes_at + KEPT
    row = _new(ScholarshipApplication(scholarship=scholarship, person=person, words=words.strip(), words_until=until))
    scholarship_letters.asked(row)
    return row


def _new(row: ScholarshipApplication) -> ScholarshipApplication:
    declined = row.scholarship.applications.filter(person=row.person, state=State.DECLINED)
    try:
        with transaction.atomic():
            if declined.exists():
                raise Refused(_("Your question was answered. It cannot be asked twice for one cohort."), code="asked")
            row.save()
    except IntegrityError:
        raise Refused(_("You have asked already. The host answers you by letter."), code="asked") from None
    history.record(row, "", row.state, row.person)
    return row


def _locked(row: ScholarshipApplication) -> ScholarshipApplication:
    rows = ScholarshipApplication.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related("scholarship__cohort__study", "person__profile").get(pk=row.pk)


def _refuse_unless_asked(row: ScholarshipApplication) -> None:
    if row.state != State.ASKED:
        raise Refused(_("This question was answered or taken back meanwhile."), code="moved_on")


@transaction.atomic
def grant(host: User, application: ScholarshipApplication, *, percent: int, words: str = "") -> ScholarshipApplication:
    """Say yes: the person's price is so many per cent lower, for some days from when they may join.

    Raises Refused when no place is left, whoever else says yes at the same moment, or nobody can join any more.
    """
    row = _locked(application)
    cohort = row.scholarship.cohort
    _refuse_unless_asked(row)
    if not cohort.is_joinable:
        raise Refused(_("This cohort is not taking members now."), code="closed")
    if not _give_place(row):
        raise Refused(_("Every place is given. Offer another one first."), code="all_given")
    price = coupons.less(Coupon(percent=percent), pricing.standard(cohort), cohort.currency)
    _answer(row, State.GRANTED, host, words, price=price, until=_until(row.person, cohort))
    scholarship_letters.granted(row)
    return row


def _give_place(row: ScholarshipApplication) -> bool:
    free = Scholarship.objects.filter(pk=row.scholarship_id, used__lt=F("places"))
    return bool(free.update(used=F("used") + 1))


def _until(person: User, cohort: Cohort) -> datetime.datetime:
    now = timezone.now()
    return min(max(now, presale.joins_from(person, cohort) or now) + HOLDS, cohort.closes_at)


@transaction.atomic
def decline(host: User, application: ScholarshipApplication, *, words: str) -> ScholarshipApplication:
    """Say no, in kind words that go to the person."""
    row = _locked(application)
    _refuse_unless_asked(row)
    if not words.strip():
        raise Refused(_("Write them a kind word with it."), field="words")
    _answer(row, State.DECLINED, host, words)
    scholarship_letters.declined(row)
    return row


def _answer(row: ScholarshipApplication, to: str, host: User, words: str, **fields: Any) -> None:
    history.move(row, to, host, answer=words.strip(), words_until=timezone.now() + KEPT, **fields)


@transaction.atomic
def withdraw(person: User, application: ScholarshipApplication) -> bool:
    """Take a question back, or a yes one does not want; words go with it. False when there was nothing to take back."""
    row = _locked(application)
    if row.state not in row.LIVE or _used(row):
        return False
    if row.state == State.GRANTED:
        _free(row)
    history.move(row, State.WITHDRAWN, person, words="", answer="", words_until=None)
    scholarship_letters.take_back(row)
    return True


def _free(row: ScholarshipApplication) -> None:
    Scholarship.objects.filter(pk=row.scholarship_id, used__gt=0).update(used=F("used") - 1)


def _seats() -> QuerySet[Enrollment]:
    """Seats held or had at the price of an application."""
    return Enrollment.objects.filter(price_kind=KIND, state__in=Enrollment.SEATED)


def _used(row: ScholarshipApplication) -> bool:
    return _seats().filter(cohort=row.scholarship_id, person=row.person_id).exists()


def standing(reader: Reader, cohort: Cohort) -> ScholarshipApplication | None:
    """Return the yes whose price holds for somebody now."""
    if not reader.is_authenticated:
        return None
    return _granted(reader, cohort).first()


def _granted(person: User, cohort: Cohort) -> QuerySet[ScholarshipApplication]:
    rows = ScholarshipApplication.objects.filter(scholarship=cohort.pk, person=person, state=State.GRANTED)
    return rows.filter(until__gt=timezone.now())


def lower(yes: ScholarshipApplication | None, ordinary: int) -> int | None:
    """Return the price of a yes where it is lower than what a seat costs otherwise (minor units), else None."""
    return yes.price if yes and yes.price is not None and yes.price < ordinary else None


def now(reader: Reader, cohort: Cohort) -> tuple[int, str]:
    """Return what a seat would cost somebody now (minor units) and the kind of price it is; nothing is taken."""
    ordinary = prices.now(cohort)
    price = lower(standing(reader, cohort), ordinary[0])
    return ordinary if price is None else (price, KIND)


def take(person: User, cohort: Cohort, ordinary: int, code: str = "") -> tuple[int, str] | None:
    """Return the price and kind of somebody's scholarship, where it is the lowest; it is kept for them meanwhile.

    With a coupon's code the lower of the two counts; a code that is not lower is refused, so that nobody wastes it.
    """
    price = lower(_granted(person, cohort).select_for_update(no_key=True).first(), ordinary)
    if price is None:
        return None
    if code:
        if coupons.less(coupons.find(code, cohort, person), ordinary, cohort.currency) < price:
            return None
        raise not_lower()
    return price, KIND


def not_lower() -> Refused:
    """Return the refusal of a code beside a scholarship that is lower by itself."""
    sentence = _("Your scholarship is lower than the price with this code, and stands alone. Leave the code out.")
    return Refused(sentence, field="coupon", code="coupon")


def take_again(enrollment: Enrollment) -> None:
    """Count a scholarship whose price ran out and was paid after all; past the places too, as it was promised."""
    if enrollment.price_kind != KIND:
        return
    lapsed = ScholarshipApplication.objects.select_for_update(no_key=True).filter(
        scholarship=enrollment.cohort_id, person=enrollment.person_id, state=State.LAPSED
    )
    row = lapsed.order_by("-pk").first()
    if row:
        history.move(row, State.GRANTED)
        given = Scholarship.objects.filter(pk=row.scholarship_id)
        given.update(used=F("used") + 1, places=Greatest("places", F("used") + 1))


def run_out() -> QuerySet[ScholarshipApplication]:
    """Yeses whose days are over and who have no seat at their price."""
    seat = _seats().filter(cohort=OuterRef("scholarship"), person=OuterRef("person"))
    return ScholarshipApplication.objects.filter(~Exists(seat), state=State.GRANTED, until__lte=timezone.now())


@transaction.atomic
def lapse(application: ScholarshipApplication) -> None:
    """Let somebody else have a place nobody took; a second call does nothing."""
    row = run_out().select_for_update(of=("self",), no_key=True, skip_locked=True).filter(pk=application.pk).first()
    if row:
        history.move(row, State.LAPSED)
        _free(row)


def outlived() -> QuerySet[ScholarshipApplication]:
    """Return applications whose words nothing needs any more."""
    return ScholarshipApplication.objects.filter(words_until__lte=timezone.now())


@transaction.atomic
def forget(application: ScholarshipApplication) -> None:
    """Erase what was written, by both; a second call does nothing."""
    row = outlived().select_for_update(no_key=True).filter(pk=application.pk).first()
    if row:
        row.words, row.answer, row.words_until = "", "", None
        row.save(update_fields=["words", "answer", "words_until"])
        history.record(row, row.state, "words erased", note="their day came")


def copy(before: Cohort, after: Cohort) -> None:
    """Offer in a cohort's next run what the cohort offered."""
    row = of(before)
    if row:
        kept = {name: getattr(row, name) for name in COPIED}
        Scholarship.objects.create(cohort=after, **kept)
