"""The laws of money: what is true of every history once nothing is on its way any more."""

from collections import Counter
from typing import Any

from django.db.models import F, Sum

from cohorts.models import Cohort, Enrollment
from payments.models import Difference, Dispute, LedgerEntry, Payment, PaymentLine, Payout, Refund, StripeEvent
from payments.services import given_twice, ledger, payouts
from payments.services.disputes import STATES
from payments.services.transfers import BY_HAND
from studyplatform.kit.models import Change
from tests.payments.buying import assert_seats_match, balance
from tests.payments.histories import deposit_laws
from tests.payments.histories.world import World

LEFT = F("amount") - F("refunded") - F("disputed")  # of what was paid for a seat: neither given back nor taken


def hold(life: Any) -> None:
    """Assert every law of a history that came to rest."""
    world: World = life.world
    nothing_is_stuck()
    books_balance(world, life.before)
    for cohort in world.cohorts:
        assert_seats_match(cohort)
    what_was_paid_is_known(world)
    what_went_back_is_stripes(world)
    nobody_pays_twice_or_for_nothing(world, life.ended)
    what_was_promised_came_back(life.promised)
    nobody_sits_for_nothing(world)
    payouts_are_stripes(world)
    deposit_laws.hold(life.came)
    a_night_finds_nothing(life.moved_before)


def standing() -> list[Any]:
    """Return where every row of money stands, to see whether anything still moves."""
    rows = (Payment, Refund, Payout, Dispute, Enrollment, StripeEvent)
    names = ("state", "state", "state", "state", "state", "done_at")
    found = zip(rows, names, strict=True)
    return [list(model.objects.order_by("pk").values_list("pk", name)) for model, name in found]


def nothing_is_stuck() -> None:
    """Every row of money came to an end."""
    _none(Payment.objects.exclude(state__in=["paid", "expired", "failed"]))
    _none(Payment.objects.filter(done_at=None))
    _none(StripeEvent.objects.exclude(done_at__isnull=False, error=""), "kind")
    _none(Refund.objects.exclude(state__in=["succeeded", "failed", "void", "manual"]), "cause")
    _none(Enrollment.objects.filter(state="held"), "hold_until", "offered_until")
    _none(Payout.objects.exclude(state__in=["paid", "short", "reversed"]))
    _none(Dispute.objects.filter(state__in=Dispute.PENDING))


def _none(found: Any, *more: str) -> None:
    names = [field.name for field in found.model._meta.fields if field.name in ("state", "error", "attempts", *more)]
    left = list(found.values("pk", *names))
    assert not left, f"{found.model.__name__}: {left}"


def books_balance(world: World, before: int) -> None:
    """The ledger sums to nothing, and what it says is at Stripe is what Stripe says."""
    assert LedgerEntry.objects.aggregate(all=Sum("amount"))["all"] in (None, 0)
    assert balance("stripe", "USD") == world.held() - before


def what_was_paid_is_known(world: World) -> None:
    """Each page paid at Stripe is a payment here, of the same amount, and the other way round."""
    for payment in Payment.objects.exclude(reference=None):
        page = world.stripe.api.v1.checkout.sessions.retrieve(str(payment.reference))
        assert (page.payment_status == "paid") == (payment.state == "paid"), payment.public_id
        assert page.payment_status != "paid" or page.amount_total == payment.amount


def what_went_back_is_stripes(world: World) -> None:
    """What went back, and what banks took, is by Stripe's word what it is by ours; nobody gets the same money twice."""
    for payment in Payment.objects.filter(state=Payment.State.PAID).exclude(intent=""):
        sums = payment.lines.aggregate(paid=Sum("amount"), refunded=Sum("refunded"), disputed=Sum("disputed"))
        assert sums["paid"] == payment.amount
        sent = _sent_by_stripe(world, payment)
        assert sent == _sum(_sent(payment).exclude(reference__startswith=BY_HAND)), (payment.intent, sent)
        taken = _taken_by_banks(world, payment)
        assert taken == sums["disputed"], (payment.intent, taken, sums)
        by_hand = _sum(_sent(payment).filter(reference__startswith=BY_HAND))
        over = given_twice.over(payment)
        assert 0 <= over <= by_hand
        assert sent + by_hand <= sums["refunded"] + over, (payment.intent, sent, by_hand, over, sums)
        assert not over or sent + by_hand == payment.amount + over, (payment.intent, sent, by_hand, over)
        assert sums["refunded"] + sums["disputed"] <= payment.amount + by_hand, (payment.intent, sums)


def _sent(payment: Payment) -> Any:
    return Refund.objects.filter(line__payment=payment, state=Refund.State.SUCCEEDED)


def _sum(rows: Any) -> int:
    return int(rows.aggregate(all=Sum("amount"))["all"] or 0)


def _sent_by_stripe(world: World, payment: Payment) -> int:
    found = world.stripe.api.v1.refunds.list(params={"payment_intent": payment.intent, "limit": 100}).data
    return sum(one.amount for one in found if one.status not in ("failed", "canceled"))


def _taken_by_banks(world: World, payment: Payment) -> int:
    """Return what banks hold of a payment for good; each dispute is known, and stands where Stripe says."""
    found = world.stripe.api.v1.disputes.list(params={"payment_intent": payment.intent, "limit": 100}).data
    ours = dict(payment.disputes.values_list("reference", "state"))
    assert {one.id: str(STATES[one.status]) for one in found} == ours
    return -sum(moved.amount for one in found for moved in one.balance_transactions)


def nobody_pays_twice_or_for_nothing(world: World, ended: set[int]) -> None:
    """A seat keeps the money of one payment, or what it cost when money came along; and whoever's money is kept has a
    seat to show for it, or somebody ended that on purpose."""
    kept = _paid().annotate(left=LEFT).filter(left__gt=0)
    for seat, lines in Counter(kept.values_list("enrollment", flat=True)).items():
        cost = Enrollment.objects.get(pk=seat)
        assert lines == 1 or cost.moved_from_id
        assert sum(kept.filter(enrollment=seat).values_list("left", flat=True)) <= cost.price
    for line in kept.select_related("enrollment"):
        appealed = Dispute.objects.filter(payment=line.payment).exists()
        known = line.enrollment_id in ended or appealed
        assert line.enrollment.state in Enrollment.BELONGS or known, (line.enrollment, line.refunds.all())
    off = Cohort.objects.filter(pk__in=[one.pk for one in world.cohorts], state=Cohort.State.CALLED_OFF)
    assert not kept.filter(enrollment__cohort__in=off).exists()


def what_was_promised_came_back(promised: list[tuple[int, int]]) -> None:
    """What somebody who left was shown, and what a host gave, came back, or is owed, or a bank gave it; what an appeal
    took from them again is for people to settle."""
    for seat, amount in promised:
        payments = Payment.objects.filter(lines__enrollment=seat, state=Payment.State.PAID)
        gone = PaymentLine.objects.filter(payment__in=payments).aggregate(sum=Sum(F("refunded") + F("disputed")))["sum"]
        assert (gone or 0) >= amount or any(map(_appealed, payments)), (seat, amount, gone)


def _appealed(payment: Payment) -> bool:
    won = payment.disputes.filter(state="won").values_list("pk", flat=True)
    moves = Change.objects.filter(subject_type="payments.dispute", subject_id__in=map(str, won))
    return moves.filter(from_state="lost").exists()


def nobody_sits_for_nothing(world: World) -> None:
    """Whoever keeps a seat has paid more for it than went back and was taken; a host may give it all, and let it be."""
    seats = Enrollment.objects.filter(cohort__in=world.cohorts, state__in=Enrollment.BELONGS, price__gt=0)
    for seat in seats:
        lines = _paid().filter(enrollment=seat)
        left = lines.aggregate(left=Sum(LEFT))["left"] or 0
        given = Refund.objects.filter(line__in=lines, cause__startswith="host:").exclude(state__in=("void", "held"))
        assert left > 0 or given.exists(), (seat, list(lines.values()))


def groups() -> dict[str, Payout]:
    """Return our payouts by what they are called at Stripe."""
    return {f"payout_{row.pk}": row for row in Payout.objects.all()}


def payouts_are_stripes(world: World) -> None:
    """What the host was sent, less what was fetched back, is what left the balance; nothing hangs between."""
    found = world.stripe.api.v1.transfers.list(params={"destination": world.account, "limit": 100}).data
    ours = groups()
    sent = [one for one in found if one.transfer_group in ours]
    assert all(count == 1 for count in Counter(one.transfer_group for one in sent).values())
    over = {group: row.amount for group, row in ours.items() if row.state in ("paid", "reversed")}
    assert {one.transfer_group: one.amount for one in sent} == over
    for one in sent:
        assert (one.amount_reversed == one.amount) == (ours[str(one.transfer_group)].state == "reversed")
    waiting = sum(Payout.objects.filter(state="short").values_list("amount", flat=True))
    back = Refund.objects.filter(state__in=("failed", "manual"), line__payment__currency="USD")
    on_its_way = _sum(back)
    assert waiting <= -balance("paying", "USD") <= waiting + on_its_way
    gone = sum(one.amount - one.amount_reversed for one in sent) + waiting
    assert payouts.owed(world.host.pk, "USD") == earned(world) - gone


def earned(world: World) -> int:
    """What sessions brought the host, less what refunds and disputes took: all that is no payout."""
    entries = LedgerEntry.objects.filter(account=ledger.payable(world.host.pk, "USD"))
    return -_sum(entries.exclude(transaction__cause__startswith="payout"))


def a_night_finds_nothing(before: set[str]) -> None:
    """Compared with all that Stripe moved in this history, nothing is missing, too much, or another amount; what went
    back twice is seen, to its last cent, and so is what a bank took besides."""
    found = Difference.objects.filter(state=Difference.State.OPEN).exclude(movement__reference__in=before)
    twice = {one.about_id: one.theirs - one.ours for one in found.filter(kind="refund_twice")}
    assert twice == {str(one.pk): over for one in Payment.objects.all() if (over := given_twice.over(one))}
    besides = {one.about_id: one.theirs for one in found.filter(kind="dispute_twice")}
    gone = PaymentLine.objects.values_list("payment").annotate(gone=Sum(F("refunded") + F("disputed"))).order_by()
    assert besides == {str(pk): sum for pk, sum in gone.filter(gone__gt=F("payment__amount"))}
    strange = found.exclude(kind__in=("refund_twice", "dispute_twice"))
    assert not strange.exists(), list(strange.values("cause", "ours", "theirs", "about", "about_id"))


def _paid() -> Any:
    return PaymentLine.objects.filter(payment__state=Payment.State.PAID).select_related("payment")
