"""Letters about seats paid for elsewhere, stored in the transaction of the verb that causes them."""

from urllib.parse import urlencode

from django.urls import reverse

from cohorts import faces
from cohorts.models import Enrollment
from payments.letters import address
from payments.models import Payment, Refund
from studyplatform.mail.services.letters import write


def brought_in(payment: Payment, place: Enrollment) -> None:
    """Tell somebody that they have a seat they paid for elsewhere, and how to come in."""
    cohort = place.cohort
    space = urlencode({"next": reverse("space", args=[cohort.study.slug, cohort.number])})
    write(
        to=payment.buyer,
        key=f"brought-in:{payment.pk}",
        template="payments/brought_in",
        context={
            "payment": payment,
            "cohort": cohort,
            "study": cohort.study,
            "terms": address("terms"),
            "url": f"{address('account_request_login_code')}?{space}",
        },
        about=f"payment:{payment.pk}",
    )


def give_back(refund: Refund) -> None:
    """Tell the hosts what somebody is to get back who paid them, not us; of a called-off cohort once for all."""
    cohort = refund.line.enrollment.cohort
    everybody = refund.cause == "called_off"
    about = f"cohort:{cohort.pk}" if everybody else f"{refund.pk}"
    for host in faces.hosts(cohort):
        write(
            to=host,
            key=f"give-back-outside:{about}:{host.pk}",
            template="payments/give_back_outside",
            context={
                "everybody": everybody,
                "refund": refund,
                "member": refund.line.payment.buyer,
                "currency": refund.line.payment.currency,
                "cohort": cohort,
                "study": cohort.study,
                "url": address("studio_outside", cohort.study.slug, cohort.number),
            },
            about=f"payment:{refund.line.payment_id}",
        )
