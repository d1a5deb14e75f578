"""What a buyer agrees to when joining, in which version of the words."""

from studyplatform.accounts.models import Consent, User
from studyplatform.accounts.texts import SEAT

VERSION = SEAT


def agree(member: User, *, recording: bool) -> None:
    """Note that the person agreed to terms and refund rule, and to being recorded if they did; each once."""
    for kind in ("terms", "recording") if recording else ("terms",):
        Consent.objects.get_or_create(person=member, kind=kind, version=VERSION, withdrawn_at=None)
