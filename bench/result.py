"""What a bench module measured."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Result:
    """One number: what it is of, in which unit ("x": how many times the second), and how it was taken."""

    name: str
    value: float
    unit: str
    how: str
