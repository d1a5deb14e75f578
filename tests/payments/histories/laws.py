"""The laws of money: what is true of every history once nothing is on its way any more."""

from collections import Counter
from typing import Any

from django.db.models import F, Sum

from cohorts.models import Cohort, Enrollment
from payments.models import LedgerEntry, Payment, PaymentLine, Payout, Refund, StripeEvent
from payments.services import ledger, payouts
from tests.payments.buying import assert_seats_match, balance
from tests.payments.histories.world import World


def hold(world: World, before: int) -> None:
    """Assert every law. `before`: Stripe's own balance when the history began."""
    nothing_is_stuck(world)
    books_balance(world, before)
    assert_seats_match(world.cohort)
    what_was_paid_is_known(world)
    refunds_are_stripes(world)
    nobody_pays_twice_or_for_nothing(world)
    payouts_are_stripes(world)


def standing() -> list[Any]:
    """Return where every row of money stands, to see whether anything still moves."""
    rows = (Payment, Refund, Payout, Enrollment, StripeEvent)
    names = ("state", "state", "state", "state", "done_at")
    found = zip(rows, names, strict=True)
    return [list(model.objects.order_by("pk").values_list("pk", name)) for model, name in found]


def nothing_is_stuck(world: World) -> None:
    """Every row of money came to an end."""
    _none(Payment.objects.exclude(state__in=["paid", "expired", "failed"]))
    _none(Payment.objects.filter(done_at=None))
    _none(StripeEvent.objects.exclude(done_at__isnull=False, error=""), "kind")
    _none(Refund.objects.exclude(state__in=["succeeded", "failed", "void", "manual"]), "cause")
    _none(Enrollment.objects.filter(state="held"), "hold_until", "offered_until")
    _none(Payout.objects.exclude(state__in=["paid", "short"]))


def _none(found: Any, *more: str) -> None:
    names = [field.name for field in found.model._meta.fields if field.name in ("state", "error", "attempts", *more)]
    left = list(found.values("pk", *names))
    assert not left, f"{found.model.__name__}: {left}"


def books_balance(world: World, before: int) -> None:
    """The ledger sums to nothing, and what it says is at Stripe is what Stripe says."""
    assert LedgerEntry.objects.aggregate(all=Sum("amount"))["all"] in (None, 0)
    assert balance("stripe", "USD") == world.stripe.balance("USD") - before


def what_was_paid_is_known(world: World) -> None:
    """Each page paid at Stripe is a payment here, of the same amount, and the other way round."""
    for payment in Payment.objects.exclude(reference=None):
        page = world.stripe.api.v1.checkout.sessions.retrieve(str(payment.reference))
        assert (page.payment_status == "paid") == (payment.state == "paid"), payment.public_id
        assert page.payment_status != "paid" or page.amount_total == payment.amount


def refunds_are_stripes(world: World) -> None:
    """What went back by Stripe's word is what went back by ours; nothing is sent that is not owed."""
    for line in _paid():
        found = world.stripe.api.v1.refunds.list(params={"payment_intent": line.payment.intent, "limit": 100}).data
        theirs = sum(one.amount for one in found if one.status not in ("failed", "canceled"))
        ours = line.refunds.filter(state=Refund.State.SUCCEEDED).aggregate(all=Sum("amount"))["all"] or 0
        assert theirs == ours, (line.payment.intent, theirs, ours)
        assert theirs <= line.refunded <= line.amount


def nobody_pays_twice_or_for_nothing(world: World) -> None:
    """At most one payment of a seat keeps its money, and one that keeps it whole has a seat to show for it."""
    kept = _paid().filter(amount__gt=F("refunded"))
    assert all(count == 1 for count in Counter(kept.values_list("enrollment", flat=True)).values())
    for line in kept.select_related("enrollment"):
        left_by_rule = line.refunds.filter(cause="left").exists() or ended_by_host(line)
        assert line.enrollment.state in Enrollment.BELONGS or left_by_rule, line.enrollment
    if Cohort.objects.get(pk=world.cohort.pk).state == Cohort.State.CALLED_OFF:
        assert not kept.exists()


def ended_by_host(line: PaymentLine) -> bool:
    """Tell whether a seat ended with less than all its money, by a verb that says so."""
    return line.enrollment.state == Enrollment.State.CANCELLED


def payouts_are_stripes(world: World) -> None:
    """What the host was sent is what the ledger says left for them; nothing hangs between."""
    found = world.stripe.api.v1.transfers.list(params={"destination": world.account, "limit": 100}).data
    ours = {f"payout_{row.pk}": row.amount for row in Payout.objects.filter(state="paid")}
    theirs: dict[Any, int] = Counter()
    for one in found:
        theirs[one.transfer_group] += one.amount - one.amount_reversed
    assert {group: theirs.get(group, 0) for group in ours} == ours
    waiting = sum(Payout.objects.filter(state="short").values_list("amount", flat=True))
    on_its_way = sum(Refund.objects.filter(state__in=("failed", "manual")).values_list("amount", flat=True))
    assert -balance("paying", "USD") >= waiting
    assert -balance("paying", "USD") <= waiting + on_its_way
    earned = LedgerEntry.objects.filter(account=ledger.payable(world.host.pk, "USD"))
    earned = earned.exclude(transaction__cause__startswith="payout").aggregate(all=Sum("amount"))["all"] or 0
    assert payouts.owed(world.host.pk, "USD") == -earned - sum(Payout.objects.values_list("amount", flat=True))


def _paid() -> Any:
    return PaymentLine.objects.filter(payment__state=Payment.State.PAID).select_related("payment")
