"""All that runs by the clock, on one page. Every entry is an argument-free task that drains or writes rows."""

from celery.schedules import crontab

EVERY_MINUTE = 60.0

DRAINS = (
    "mail.drain_letters",
    "cohorts.drain_holds",
    "cohorts.drain_offers",
    "cohorts.drain_lines",
    "cohorts.drain_minimums",
    "cohorts.drain_minimum_soon",
    "cohorts.drain_finished",
    "cohorts.drain_turns",
    "cohorts.drain_reminders",
    "cohorts.drain_session_news",
    "cohorts.drain_cohort_news",
    "cohorts.drain_announcements",
    "cohorts.drain_scholarships",
    "cohorts.drain_scholarship_words",
    "payments.drain_events",
    "payments.drain_payments",
    "payments.drain_refunds",
    "payments.drain_disputes",
    "payments.drain_payouts",
    "payments.drain_reconciliations",
    "payments.drain_deposits",
    "payments.drain_called_off",
    "payments.drain_gifts",
    "payments.drain_releases",
    "payments.drain_led",
    "payments.drain_ended",
    "payments.drain_residents",
    "payments.drain_cash_receipts",
)

BEAT_SCHEDULE = {
    **{name: {"task": name, "schedule": EVERY_MINUTE} for name in DRAINS},
    "kit.heartbeat": {"task": "kit.heartbeat", "schedule": 20.0},
    "payments.find_disputes": {"task": "payments.find_disputes", "schedule": crontab(minute=50)},
    # Monday 06:00 in Seoul: payees see the week's money when the week begins. Two more tries, in case one is lost:
    # a run writes only what none has written.
    "payments.run_payouts": {
        "task": "payments.run_payouts",
        "schedule": crontab(day_of_week=0, hour="21-23", minute=0),
    },
    # 04:30 in Seoul, and twice more, in case one is lost: a night has one row.
    "payments.reconcile": {"task": "payments.reconcile", "schedule": crontab(hour="19-21", minute=30)},
}
