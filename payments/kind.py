"""What a kind of difference is."""

from dataclasses import dataclass

from django.utils.functional import Promise


@dataclass(frozen=True)
class Kind:
    """`alone`: its cure only follows what the other side says, so it is cured without a person.

    `carried`: the platform may take the amount on itself, by a booking of its own. `bank`: a bank's file is the other
    side, so there is nobody to ask: it is compared again.
    """

    words: str | Promise
    why: str | Promise
    cure: str | Promise
    alone: bool = False
    carried: bool = False
    bank: bool = False
