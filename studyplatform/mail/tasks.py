"""Letters leave by the clock, every minute, and right after the verb that wrote them."""

from studyplatform.kit import queue
from studyplatform.mail.flows import letters
from studyplatform.mail.models import Letter


@queue.drains("mail.drain_letters", Letter)
def drain_letters(letter: Letter) -> None:
    """Send one claimed letter."""
    letters.send(letter)
