"""Letters about disputes: to who answers them, to the hosts whose money it is, to the buyer. None can be stopped."""

from typing import Any

from cohorts import faces
from payments import group_letters, reasons
from payments.desk_letters import who_may
from payments.letters import address
from payments.models import Dispute, PaymentLine
from studyplatform.accounts.models import User
from studyplatform.mail.services.letters import write

State = Dispute.State


def moved(dispute: Dispute, before: str) -> None:
    """Tell everybody concerned that a dispute was opened, or decided."""
    if dispute.state in Dispute.PENDING:
        _opened(dispute, before)
    else:
        _ended(dispute, before)


def _opened(dispute: Dispute, before: str) -> None:
    """Once for an inquiry, once more when it becomes a dispute; that it was answered is no news."""
    if dispute.state == State.REVIEW and before:
        return
    asks = dispute.state == State.INQUIRY
    key = f"dispute-{'asked' if asks else 'opened'}:{dispute.pk}{_again(dispute, before)}"
    _to_who_acts(dispute, "dispute_opened", key, asks=asks)
    if not before:
        _to(dispute, dispute.payment.buyer, "dispute_heard", f"dispute-heard:{dispute.pk}", url=address("payments"))


def _ended(dispute: Dispute, before: str) -> None:
    _to_who_acts(dispute, "dispute_ended", f"dispute-{dispute.state}:{dispute.pk}{_again(dispute, before)}")


def _again(dispute: Dispute, before: str) -> str:
    """A bank that thinks again after its decision is news once more."""
    return f":{dispute.looked_at.isoformat()}" if before in ("won", "lost", "dropped") else ""


def due(dispute: Dispute) -> None:
    """Tell who answers disputes that the time for it is nearly over; once."""
    for person in _handlers():
        _to(dispute, person, "dispute_due", f"dispute-due:{dispute.pk}:{person.pk}", url=_desk(dispute))


def seat_ended(dispute: Dispute, line: PaymentLine) -> None:
    """Tell a member that their seat ended, as their bank, or their company's, took back what was paid for it."""
    if line.enrollment.group:
        if line.enrollment.person_id:
            group_letters.seat_ended(line.enrollment, line.enrollment.group)
        return
    person, url = line.enrollment.person, address("payments")
    given = bool(line.enrollment.given_by_id) and person.pk != dispute.payment.buyer_id
    key = f"dispute-seat-ended:{line.pk}:{dispute.pk}"
    _to(dispute, person, "dispute_seat_ended", key, url=url, given=given)


def _to_who_acts(dispute: Dispute, template: str, key: str, **context: Any) -> None:
    """Write to who answers disputes, with the way to the desk, and to the hosts, with the way to their money."""
    handlers = _handlers()
    cohort = _line(dispute).enrollment.cohort
    hosts = {*faces.hosts(cohort), cohort.study.payee} - set(handlers)
    for person in [*handlers, *sorted(hosts, key=lambda host: host.pk)]:
        answers = person in handlers
        url = _desk(dispute) if answers else address("earnings")
        _to(dispute, person, template, f"{key}:{person.pk}", url=url, answers=answers, **context)


def _handlers() -> list[User]:
    return who_may("payments.handle_disputes")


def _line(dispute: Dispute) -> PaymentLine:
    lines = dispute.payment.lines.select_related("enrollment__cohort__study__payee", "enrollment__person")
    return lines.order_by("pk")[0]


def _to(dispute: Dispute, person: User, template: str, key: str, **context: Any) -> None:
    payment, cohort = dispute.payment, _line(dispute).enrollment.cohort
    shown = {"dispute": dispute, "payment": payment, "cohort": cohort, "study": cohort.study, "member": payment.buyer}
    write(
        to=person,
        key=key,
        template=f"payments/{template}",
        context={**shown, "reason": reasons.words(dispute.reason), **context},
        about=f"payment:{payment.pk}",
    )


def _desk(dispute: Dispute) -> str:
    return address("admin:payments_dispute_change", dispute.pk)
