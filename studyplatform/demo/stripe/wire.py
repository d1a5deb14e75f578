"""What comes over the wire and what goes back."""

from dataclasses import dataclass, field
from email.message import Message


@dataclass(frozen=True)
class Request:
    """What came; headers are found whatever the case of their names."""

    method: str
    path: str
    query: str
    headers: Message
    body: str


@dataclass
class Answer:
    """What goes back; `cut` closes the connection instead, as a network does."""

    status: int
    body: str
    headers: dict[str, str] = field(default_factory=dict)
    cut: bool = False
