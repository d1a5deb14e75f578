"""What every template may name: the site, never the reader."""

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language

VERIFICATION = [
    (name, content)
    for name, content in (
        ("google-site-verification", settings.VERIFICATION_GOOGLE),
        ("naver-site-verification", settings.VERIFICATION_NAVER),
    )
    if content
]


def business_info() -> list[str]:
    """Return the parts of the legal line of a page or a letter, in its language."""
    return list(settings.BUSINESS_INFO if get_language() == "ko" else settings.BUSINESS_INFO_EN)


def site(request: HttpRequest) -> dict[str, object]:
    """Return the site's name in the page's language, its business line and its address."""
    return {
        "verification": VERIFICATION,
        "site_name": settings.SITE_NAME_KO if get_language() == "ko" else settings.SITE_NAME,
        "business_info": business_info(),
        "site_url": settings.SITE_URL,
        "demo": settings.DEMO,
        "demo_bar": settings.DEMO_BAR,
    }
