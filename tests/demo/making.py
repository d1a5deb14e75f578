"""Makes the world of `make demo` into a database of its own, committed as there."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import connection, transaction
from django.test import Client, override_settings

from cohorts.models import Credit, Enrollment, ScholarshipApplication, SeatGift, SeatGroup, Session, Thanks
from payments.models import Difference, Dispute, Payment, Payout, Receipt, Refund
from showcase.models import CaseStudy
from studyplatform.demo.world.build import build
from studyplatform.demo.world.world import World
from studyplatform.kit import queue
from tests.payments.buying import LocalStripe
from tests.people import sign_in

LATE = 60  # seconds


@dataclass
class Made:
    """A world, the local Stripe that took its money, what can be told of it, what no queue has done in time."""

    world: World
    stripe: LocalStripe
    told: list[Any]
    overdue: dict[str, float]

    def browser(self, name: str) -> Client:
        return sign_in(self.world.people[name])


@contextmanager
def making(folder: Path) -> Iterator[Made]:
    """Make a world that is forgotten at the end."""
    for name in ("stripe", "media"):
        (folder / name).mkdir()
    with (
        closing(LocalStripe(folder / "stripe")) as stripe,
        a_database_of_its_own(),
        override_settings(MEDIA_ROOT=folder / "media", STRIPE_API_BASE=stripe.address),
    ):
        world = build()
        late = {one.name: waited for one, waited in queue.oldest_due() if waited and waited > LATE}
        yield Made(world, stripe, told(), late)


@contextmanager
def a_database_of_its_own() -> Iterator[None]:
    """Work in a copy of the tests' empty database, in which commits are commits."""
    of, suffix = connection.creation, "world"
    usual = connection.settings_dict["NAME"]
    of.clone_test_db(suffix, verbosity=0, autoclobber=True)
    connection.close()
    connection.settings_dict["NAME"] = of.get_test_db_clone_settings(suffix)["NAME"]
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = usual
        of.destroy_test_db(suffix=suffix, verbosity=0)


class taken_back(transaction.Atomic):  # noqa: N801 - reads as what it does
    """A transaction of the test's own, rolled back at its end."""

    def __init__(self) -> None:
        super().__init__(using=None, savepoint=True, durable=False)
        self._from_testcase = True

    def __exit__(self, *error: Any) -> None:
        transaction.set_rollback(True)
        super().__exit__(*error)


def told() -> list[Any]:
    """What of a world can be written down: ids, titles, amounts, places, numbers."""
    return [
        list(CaseStudy.objects.order_by("public_id").values_list("public_id", "title", "state", "visibility")),
        list(Session.objects.order_by("public_id").values_list("public_id", "number", "cohort__study__slug")),
        list(Payment.objects.order_by("public_id").values_list("public_id", "buyer__email", "amount", "state")),
        list(Enrollment.objects.order_by("public_id").values_list("public_id", "person__email", "state")),
        list(Receipt.objects.order_by("number").values_list("number", "payment__public_id")),
        list(Payout.objects.order_by("pk").values_list("payee__person__email", "amount", "state")),
        list(Refund.objects.order_by("pk").values_list("line__payment__public_id", "amount", "state")),
        list(Thanks.objects.order_by("pk").values_list("giver__email", "words")),
        list(ScholarshipApplication.objects.order_by("pk").values_list("public_id", "person__email", "state")),
        list(Credit.objects.order_by("pk").values_list("key", "person__email", "amount")),
        list(SeatGroup.objects.order_by("pk").values_list("public_id", "company", "state", "price")),
        list(SeatGift.objects.order_by("pk").values_list("name", "email", "state")),
        list(Dispute.objects.order_by("pk").values_list("payment__public_id", "amount", "state")),
        list(Difference.objects.order_by("pk").values_list("cause", "theirs", "state")),
    ]
