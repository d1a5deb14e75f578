"""The local Stripe: a payment provider for the demo and the tests, a process of its own that speaks Stripe's HTTP API.

It imports nothing of the product and nothing imports it. Run it with `python -m studyplatform.demo.stripe`.
"""

API_VERSION = "2026-10-28.endive"
