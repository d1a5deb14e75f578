"""Where Stripe tells what happened: verified, kept, answered."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from payments import gateway
from payments.services import events


@csrf_exempt
@require_POST
def stripe_webhook(request: HttpRequest) -> HttpResponse:
    """Keep an event Stripe signed; 400 and nothing written for anything else."""
    try:
        event = gateway.read_event(request.body, request.headers.get("Stripe-Signature", ""))
    except gateway.Forged:
        return HttpResponse(status=400)
    events.keep(event)
    return HttpResponse(status=200)
