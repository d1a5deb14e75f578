"""What somebody writes who would like to lead subgroups."""

from typing import Any

APPLICATION: dict[str, Any] = {
    "subject": "Small shops",
    "field": "making",
    "slots": ["3-evening", "5-morning"],
    "sample": "https://example.com/how-we-price",
    "words": "I have run a print shop for nineteen years and like to see others get somewhere.",
    "agree": "on",
}
ANSWERS = {name: value for name, value in APPLICATION.items() if name != "agree"}  # as the verb takes them


def asking(**changed: Any) -> dict[str, Any]:
    """Return the form, with something else in it."""
    return {**APPLICATION, **changed}
