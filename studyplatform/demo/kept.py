"""What the cache keeps of pages, forgotten when the demo changes what they show behind the verbs' backs."""

import redis
from django.conf import settings


def forget_pages(which: str = "*:page:*") -> None:
    """Forget kept pages; with "*" all that the cache holds. The broker's own keys in the same database stay."""
    client = redis.from_url(settings.REDIS_URL)
    for key in client.scan_iter(f"{settings.CACHES['default']['KEY_PREFIX']}:{which}", count=1000):
        client.delete(key)
