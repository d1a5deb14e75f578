"""Time zones people choose from: the common ones first, by place, then all others by name."""

from zoneinfo import available_timezones

from studyplatform.kit.moments import zone_name

COMMON = (
    "Asia/Seoul",
    "Asia/Tokyo",
    "Asia/Shanghai",
    "Asia/Taipei",
    "Asia/Singapore",
    "Asia/Ho_Chi_Minh",
    "Asia/Jakarta",
    "Asia/Kolkata",
    "Australia/Sydney",
    "Europe/London",
    "Europe/Berlin",
    "Europe/Paris",
    "America/New_York",
    "America/Chicago",
    "America/Los_Angeles",
    "America/Toronto",
    "America/Sao_Paulo",
    "UTC",
)
AREAS = ("Africa/", "America/", "Antarctica/", "Asia/", "Atlantic/", "Australia/", "Europe/", "Indian/", "Pacific/")
ALL = frozenset(name for name in available_timezones() if name.startswith(AREAS)) | {"UTC"}


def is_zone(name: str) -> bool:
    """Tell whether people may live in this zone."""
    return name in ALL


def choices(current: str = "") -> list[tuple[str, str]]:
    """Return (name, words) for a select: the common zones as people say them, then the rest."""
    named = [(name, zone_name(name)) for name in COMMON]
    rest = sorted(ALL.difference(COMMON) | ({current} if current else set()) - set(COMMON))
    return [*named, *((name, name.replace("_", " ")) for name in rest)]
