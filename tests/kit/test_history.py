"""A move follows its noun's table, in a transaction, and says who made it."""

import pytest
from django.db import transaction

from cohorts.models import Cohort
from studyplatform.kit import history
from studyplatform.kit.models import Change

pytestmark = pytest.mark.django_db


def changes(row):
    return Change.objects.filter(subject_type=row._meta.label_lower, subject_id=str(row.pk))


def test_a_move_is_written_with_who_from_and_to(cohort, host):
    history.move(cohort, Cohort.State.CLOSED, host, note="x" * 400, weeks=5)
    cohort.refresh_from_db()
    assert (cohort.state, cohort.weeks) == ("closed", 5)
    change = changes(cohort).get()
    assert (change.actor, change.from_state, change.to_state, len(change.note)) == (host, "open", "closed", 300)


def test_a_move_the_table_does_not_hold_changes_nothing(cohort, host):
    with pytest.raises(history.IllegalMove):
        history.move(cohort, Cohort.State.DRAFT, host)
    cohort.refresh_from_db()
    assert cohort.state == "open"
    assert not changes(cohort).exists()


def test_move_and_record_stand_or_fall_together(cohort, host):
    with transaction.atomic():
        history.move(cohort, Cohort.State.CLOSED, host)
        transaction.set_rollback(True)
    cohort.refresh_from_db()
    assert cohort.state == "open"
    assert not changes(cohort).exists()


def test_what_nobody_did_has_no_actor(cohort):
    from django.contrib.auth.models import AnonymousUser

    history.record(cohort, "", "open", AnonymousUser())
    assert changes(cohort).get().actor is None


@pytest.mark.django_db(transaction=True)
def test_without_a_transaction_nothing_moves(cohort, host):
    with pytest.raises(history.IllegalMove):
        history.move(cohort, Cohort.State.CLOSED, host)
    cohort.refresh_from_db()
    assert cohort.state == "open"
