"""The rules of a partner's terms: amounts beside their share of each seat. Kept as data, read only through here."""

from dataclasses import asdict, dataclass
from typing import Any, ClassVar

from studyplatform.kit.money import BASIS


@dataclass(frozen=True)
class Rules:
    """Amounts in minor units of the cohort's currency; `bonus_from` in basis points of their members."""

    VERSION: ClassVar[int] = 1  # of the data; what other versions mean is written down when there is one

    per_member: int = 0  # for each paying member, in equal parts after the cohort's sessions
    per_session: int = 0  # for each session of their group, once it was held
    per_cohort: int = 0  # for leading to the end
    bonus: int = 0  # when at least `bonus_from` of their members complete
    bonus_from: int = 0

    def __post_init__(self) -> None:
        values = asdict(self).values()
        if not all(type(value) is int and value >= 0 for value in values):
            raise ValueError("amounts are whole numbers from 0 on")
        if bool(self.bonus) != bool(self.bonus_from) or self.bonus_from > BASIS:
            raise ValueError("a bonus needs a part of the members, the whole at most")

    @classmethod
    def parse(cls, data: object) -> "Rules":
        """Return the rules written as data; empty data are no amounts. Raises ValueError for anything unknown."""
        if data == {}:
            return cls()
        if not isinstance(data, dict) or data.get("version") != cls.VERSION:
            raise ValueError(f"rules of no known version: {data!r}")
        try:
            return cls(**{name: value for name, value in data.items() if name != "version"})
        except TypeError as unknown:
            raise ValueError(f"rules with an unknown name: {data!r}") from unknown

    def written(self) -> dict[str, Any]:
        """Return the rules as data: what is nothing is left out, no amounts are empty data."""
        amounts = {name: value for name, value in asdict(self).items() if value}
        return {"version": self.VERSION, **amounts} if amounts else {}
