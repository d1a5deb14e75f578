"""What speaks for us when a bank asks about a payment: what was agreed, what happened, what was written. Reads only."""

import datetime
from collections.abc import Iterator

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cohorts.models import Contribution, Enrollment, Presentation, SeatGift, Session
from payments.models import Payment, PaymentLine, Refund
from payments.services import transfers
from studyplatform.kit import moments, money
from studyplatform.kit.models import Change
from studyplatform.mail.models import Letter

Fact = tuple[str | Promise, str]
GIVEN = {
    "post": gettext_lazy("case studies"),
    "turn": gettext_lazy("turns"),
    "attendance": gettext_lazy("meetings attended"),
    "thanks": gettext_lazy("thanks received"),
}


def facts(payment: Payment) -> list[Fact]:
    """Return what is known of a payment and of each seat it paid for, in the reader's language."""
    found = [*_paid(payment)]
    for line in payment.lines.select_related("enrollment__cohort__study", "enrollment__policy", "enrollment__person"):
        found += [*_agreed(line), *_given(line.enrollment), *_happened(line.enrollment), *_came_back(line)]
    return [*found, *_written(payment)]


def _paid(payment: Payment) -> Iterator[Fact]:
    yield _("buyer"), f"{payment.buyer} · {payment.buyer.email}"
    receipt = getattr(payment, "receipt", None)
    how = [money.show(payment.amount, payment.currency), payment.method, _when(payment.paid_at)]
    yield _("paid"), " · ".join(filter(None, [*how, receipt.number if receipt else ""]))


def _agreed(line: PaymentLine) -> Iterator[Fact]:
    seat = line.enrollment
    yield _("seat"), f"{seat.cohort} · {_when(seat.joined_at)}"
    price = money.show(seat.price, seat.currency)
    yield _("agreed before paying"), f"{price} · {seat.policy.get_preset_display()}"


def _given(seat: Enrollment) -> Iterator[Fact]:
    """A seat its buyer gave to somebody: to whom, when, and what its buyer did there before."""
    gift = SeatGift.objects.filter(place=seat).select_related("enrollment").first()
    if gift:
        yield from _given(gift.enrollment)
        yield from _happened(gift.enrollment)
        taken = Change.objects.filter(subject_type="cohorts.enrollment", subject_id=str(seat.pk), to_state="active")
        yield _("given to"), " · ".join([str(seat.person), *(_when(one.at) for one in taken[:1])])


def _happened(seat: Enrollment) -> Iterator[Fact]:
    held = Session.objects.filter(cohort=seat.cohort_id, subgroup=None, released_at__isnull=False)
    since = held.filter(starts_at__gte=seat.joined_at) if seat.joined_at else held
    yield _("sessions held since"), str(since.count())
    turns = Presentation.objects.filter(enrollment=seat, state__in=Presentation.PRESENTED)
    shown = [moments.day(turn.session.starts_at) for turn in turns.select_related("session")]
    yield _("presented on"), ", ".join(shown) or "–"
    kinds = list(Contribution.objects.filter(enrollment=seat, voided_at=None).values_list("kind", flat=True))
    given = [f"{words} {kinds.count(kind)}" for kind, words in GIVEN.items() if kind in kinds]
    yield _("did here"), " · ".join(given) or "–"
    left = Change.objects.filter(
        subject_type="cohorts.enrollment", subject_id=str(seat.pk), to_state=Enrollment.State.CANCELLED
    ).last()
    if left:
        yield _("left on"), " · ".join(filter(None, [_when(left.at), seat.left_because]))


def _came_back(line: PaymentLine) -> Iterator[Fact]:
    back = line.refunds.exclude(state=Refund.State.VOID).order_by("pk")
    yield _("came back before"), " · ".join(_refund(one, line.payment.currency) for one in back) or "–"


def _refund(row: Refund, currency: str) -> str:
    """What went back; a transfer from our bank, which the buyer's bank cannot see at Stripe, by its day and number."""
    amount, transfer = money.show(row.amount, currency), transfers.told(row.reference)
    if transfer:
        return _("%(amount)s from our bank (%(transfer)s)") % {"amount": amount, "transfer": transfer}
    return f"{amount} {row.get_state_display()}"


def _written(payment: Payment) -> Iterator[Fact]:
    seats = [f"enrollment:{line.enrollment_id}" for line in payment.lines.all()]
    letters = Letter.objects.filter(about__in=[f"payment:{payment.pk}", *seats], recipient=payment.buyer)
    sent = letters.filter(withdrawn_at=None).order_by("created_at")[:20]
    yield _("letters to the buyer"), " · ".join(f"{_when(one.created_at)} {one.shown_subject}" for one in sent) or "–"


def _when(at: datetime.datetime | None) -> str:
    return moments.moment(at) if at else ""
