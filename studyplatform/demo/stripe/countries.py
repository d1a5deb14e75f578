"""Where connected accounts may live, for a platform in the United States.

An account under the full agreement can only be sent money where FULL says so; elsewhere it has to accept the recipient
agreement when it is made, and cannot change it afterwards. See docs.stripe.com/connect/cross-border-payouts.
"""

HOME = "US"
EURO = (
    "AT", "BE", "CY", "DE", "EE", "ES", "FI", "FR", "GR", "HR", "IE", "IT", "LT", "LU", "LV", "MT", "NL", "PT", "SI",
    "SK",
)  # fmt: skip
CURRENCIES = {
    **dict.fromkeys(EURO, "eur"), "US": "usd", "CA": "cad", "GB": "gbp", "CH": "chf", "LI": "chf", "NO": "nok",
    "SE": "sek", "DK": "dkk", "PL": "pln", "CZ": "czk", "HU": "huf", "RO": "ron", "BG": "bgn", "IS": "isk",
    "AU": "aud", "NZ": "nzd", "JP": "jpy", "KR": "krw", "HK": "hkd", "SG": "sgd", "MY": "myr", "TH": "thb",
    "TW": "twd", "VN": "vnd", "ID": "idr", "PH": "php", "IN": "inr", "MX": "mxn", "CL": "clp", "CO": "cop",
    "PE": "pen", "AR": "ars", "ZA": "zar", "KE": "kes", "EG": "egp", "MA": "mad", "TR": "try", "IL": "ils",
}  # fmt: skip
FULL = frozenset(
    [*EURO, "US", "CA", "GB", "CH", "LI", "NO", "SE", "DK", "PL", "CZ", "HU", "RO", "BG", "IS"]
)  # the United States, Canada, the United Kingdom, the European Economic Area, Switzerland


def reached(country: str, agreement: str) -> bool:
    """Tell whether a transfer may go to an account in a country under an agreement."""
    return agreement == "recipient" or country in FULL
