"""A plain seat is held in one statement, so that a rush waits for nothing but the row of the seats.

`take_seats` is the one guard of a cohort's seats, for whoever takes any. `hold_seat` does what `cohorts.services.seats`
does for who has no place, no credit and no scholarship in an open cohort that has not begun; for everybody else, or when
something is gone, it changes nothing and returns no row, and the long way there decides, with words.
"""

from django.conf import settings
from django.db import migrations

TAKE = """
CREATE FUNCTION take_seats(run bigint, number integer, most integer) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    UPDATE cohorts_seats SET taken = taken + number
    WHERE cohort_id = run AND waiting = 0 AND taken + number <= least(capacity, most);
    RETURN FOUND;
END $$;
"""

# Each statement sees what was committed before it. Locks: cohort (shared), enrollment, price, subgroup, seats last.
HOLD = """
CREATE FUNCTION hold_seat(
    run bigint, member bigint, code text, in_group bigint, with_credit boolean,
    moment timestamptz, ends timestamptz, from_kind text, from_id text
) RETURNS SETOF cohorts_enrollment LANGUAGE plpgsql AS $$
DECLARE
    offer cohorts_cohort;
    cost cohorts_price;
    held cohorts_enrollment;
BEGIN
    SELECT * INTO offer FROM cohorts_cohort WHERE id = run FOR KEY SHARE;
    IF NOT FOUND OR offer.state <> 'open' OR offer.closes_at <= moment OR offer.opens_at > moment
        OR EXISTS (SELECT FROM cohorts_seats WHERE cohort_id = run AND (taken >= capacity OR waiting > 0))
        OR EXISTS (
            SELECT FROM cohorts_session
            WHERE cohort_id = run AND subgroup_id IS NULL AND state = 'planned' AND starts_at <= moment
        )
        OR EXISTS (
            SELECT FROM cohorts_enrollment
            WHERE cohort_id = run AND person_id = member AND state IN ('waitlisted', 'offered', 'held', 'active', 'completed')
        )
        OR EXISTS (
            SELECT FROM cohorts_scholarshipapplication
            WHERE scholarship_id = run AND person_id = member AND state = 'granted'
        )
        OR (with_credit AND EXISTS (
            SELECT FROM cohorts_credit WHERE person_id = member AND study_id = offer.study_id
        ))
    THEN
        RETURN;
    END IF;

    SELECT * INTO STRICT cost FROM cohorts_price
    WHERE cohort_id = run AND (kind = 'standard' OR (
        kind = 'early_bird' AND (until IS NULL OR until > moment) AND (first IS NULL OR used < first)
    ))
    ORDER BY amount LIMIT 1;
    INSERT INTO cohorts_enrollment (
        public_id, cohort_id, person_id, state, hold_until, price, price_kind, currency, policy_id, terms_id,
        introduction, came_from_kind, came_from_id, created_at
    ) SELECT
        code, run, member, 'held', ends, cost.amount, cost.kind, offer.currency, offer.policy_id, terms.id,
        '', from_kind, from_id, moment
    FROM cohorts_terms terms WHERE terms.cohort_id = run ORDER BY terms.version DESC LIMIT 1
    RETURNING * INTO STRICT held;
    INSERT INTO kit_change (subject_type, subject_id, actor_id, from_state, to_state, at, note)
    VALUES ('cohorts.enrollment', held.id, member, '', 'held', moment, '');

    IF cost.kind = 'early_bird' THEN
        UPDATE cohorts_price SET used = used + 1 WHERE id = cost.id AND (first IS NULL OR used < first)
        RETURNING * INTO STRICT cost;
    END IF;
    IF in_group IS NOT NULL THEN
        UPDATE cohorts_subgroup SET taken = taken + 1 WHERE id = in_group AND cohort_id = run AND taken < capacity
        RETURNING id INTO STRICT in_group;
        INSERT INTO cohorts_membership (enrollment_id, subgroup_id, since) VALUES (held.id, in_group, moment);
    END IF;
    IF NOT take_seats(run, 1, NULL) THEN
        RAISE no_data_found;
    END IF;
    RETURN NEXT held;
EXCEPTION
    WHEN no_data_found OR unique_violation THEN  -- taken a moment ago, or the same person in two tabs
        RETURN;
END $$;
"""

NEITHER = """
DROP FUNCTION hold_seat(bigint, bigint, text, bigint, boolean, timestamptz, timestamptz, text, text);
DROP FUNCTION take_seats(bigint, integer, integer);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("cohorts", "0023_scholarships"),
        ("kit", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [migrations.RunSQL(TAKE + HOLD, NEITHER)]  # lock: functions only
