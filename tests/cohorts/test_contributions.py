"""What a member gave is counted once by its key, and not while it is taken back."""

from cohorts.models import Contribution
from cohorts.services import contributions


def test_a_thing_counts_once_and_not_while_voided(member):
    place = member.enrollments.get()
    contributions.add(place, "post", "post:a")
    contributions.add(place, "post", "post:a")
    contributions.add(place, "post", "post:b")
    contributions.add(place, "turn", "turn:1")
    assert contributions.count(place, "post") == 2
    assert contributions.void(place, "post", "post:a")
    assert not contributions.void(place, "post", "post:a")
    assert contributions.count(place, "post") == 1
    contributions.add(place, "post", "post:a")
    assert contributions.count(place, "post") == 2
    assert Contribution.objects.count() == 3
