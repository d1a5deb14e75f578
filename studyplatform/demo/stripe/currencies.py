"""Currencies: how many decimals, the least and most that can be charged, how a person reads an amount."""

ZERO_DECIMAL = frozenset(
    ["bif", "clp", "djf", "gnf", "jpy", "kmf", "krw", "mga", "pyg", "rwf", "vnd", "vuv", "xaf", "xof", "xpf"]
)
THREE_DECIMAL = frozenset(["bhd", "iqd", "jod", "kwd", "lyd", "omr", "tnd"])
# fmt: off
TWO_DECIMAL = frozenset(
    [
        "usd", "aed", "all", "amd", "ang", "ars", "aud", "awg", "azn", "bam", "bbd", "bdt", "bgn", "bmd", "bnd",
        "bob", "brl", "bsd", "bwp", "bzd", "cad", "cdf", "chf", "cny", "cop", "crc", "cve", "czk", "dkk", "dop",
        "dzd", "egp", "etb", "eur", "fjd", "fkp", "gbp", "gel", "gip", "gmd", "gtq", "gyd", "hkd", "hnd", "htg",
        "huf", "idr", "ils", "inr", "isk", "jmd", "kes", "kgs", "khr", "kyd", "kzt", "lak", "lbp", "lkr", "lrd",
        "lsl", "mad", "mdl", "mkd", "mmk", "mnt", "mop", "mro", "mur", "mvr", "mwk", "mxn", "myr", "mzn", "nad",
        "ngn", "nio", "nok", "npr", "nzd", "pab", "pen", "pgk", "php", "pkr", "pln", "qar", "ron", "rsd", "rub",
        "sar", "sbd", "scr", "sek", "sgd", "shp", "sle", "sos", "srd", "std", "szl", "thb", "tjs", "top", "try",
        "ttd", "twd", "tzs", "uah", "ugx", "uyu", "uzs", "wst", "yer", "zar", "zmw",
    ]
)
# fmt: on
KNOWN = ZERO_DECIMAL | THREE_DECIMAL | TWO_DECIMAL
# About half a US dollar; currencies not named here take 50 of their smallest unit.
LEAST = {"krw": 700, "jpy": 50, "gbp": 30, "hkd": 400, "mxn": 1000, "myr": 200, "thb": 1000, "huf": 17500, "czk": 1500,
         "dkk": 250, "nok": 300, "sek": 300, "pln": 200, "aed": 200, "bgn": 100, "ron": 200, "twd": 1600}  # fmt: skip
MOST = 99_999_999
SIGNS = {"krw": "₩", "usd": "$", "eur": "€", "gbp": "£", "jpy": "¥"}


def decimals(currency: str) -> int:
    """Return how many decimals the smallest unit stands for."""
    return 0 if currency in ZERO_DECIMAL else 3 if currency in THREE_DECIMAL else 2


def least(currency: str) -> int:
    """Return the smallest amount that can be charged, in smallest units."""
    return LEAST.get(currency, 50)


def shown(amount: int, currency: str, language: str = "en") -> str:
    """Return an amount of smallest units as a person writes it: 150,000원, ₩150,000, $49.00, 49.00 CHF."""
    places = decimals(currency)
    number = f"{amount / 10**places:,.{places}f}"
    if language == "ko" and currency == "krw":
        return f"{number}원"
    sign = SIGNS.get(currency)
    return f"{sign}{number}" if sign else f"{number} {currency.upper()}"
