"""Members move to a later cohort: by themselves, paying what is missing, or by their host."""

from hypothesis import strategies as st
from hypothesis.stateful import rule

from payments.flows import moving as flow
from payments.services import moving
from tests.payments.histories.life import DIES_AT, WHICH, Life


class Moves(Life):
    """What takes somebody to another cohort."""

    @rule(which=WHICH, to=WHICH, dies_at=DIES_AT)
    def move(self, which: int, to: int, dies_at: int | None) -> None:
        """Move, or begin to pay the difference; the page at Stripe is paid, or not, like any other."""
        place = self.one_of(which, self.places())
        later = self.one_of(to, moving.later(place)) if place else None
        if later:
            self.ended.add(place.pk)
            with self.living(dies_at):
                flow.begin(place.person, place, later, seen=moving.quote(place, later).word)

    @rule(which=WHICH, to=WHICH, whole=st.booleans(), dies_at=DIES_AT)
    def moved_by_host(self, which: int, to: int, whole: bool, dies_at: int | None) -> None:
        place = self.one_of(which, self.places())
        later = self.one_of(to, moving.later(place)) if place else None
        if later:
            self.ended.add(place.pk)
            with self.living(dies_at):
                seen = moving.quote(place, later, whole=whole, waived=True).word
                moving.move_for(self.world.host, place, later, seen=seen, whole=whole)
