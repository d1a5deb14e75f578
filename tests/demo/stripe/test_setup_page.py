"""The page behind an account link, pressed as a browser without scripts would."""

import re
from urllib.parse import urlencode, urlsplit

import pytest

from tests.demo.stripe.sandbox import Sandbox

FINE = {"name": "Dana Park", "born": "1984-05-02", "bank": "000123456789", "terms": "yes", "go": "finish"}


def look(sandbox: Sandbox, address: str, accept: str = "en") -> tuple[int, dict[str, str], str]:
    return sandbox.raw("GET", urlsplit(address).path, Accept_Language=accept)


def press(sandbox: Sandbox, address: str, **form: str) -> tuple[int, dict[str, str], str]:
    return sandbox.raw("POST", urlsplit(address).path, urlencode(form))


def opened(sandbox: Sandbox, account: str) -> str:
    address = sandbox.link(account).url
    assert look(sandbox, address)[0] == 200
    return address


def test_it_asks_for_what_is_owed_and_leads_back(sandbox: Sandbox) -> None:
    account = sandbox.account("")
    address = sandbox.link(account).url
    page = look(sandbox, address)[2]
    assert all(f'name="{part}"' in page for part in ("name", "born", "bank", "terms"))
    assert 'name="document"' not in page
    status, headers, _ = press(sandbox, address, **FINE)
    assert (status, headers["location"]) == (303, "https://a.example/back")
    assert sandbox.api.v1.accounts.retrieve(account).payouts_enabled


def test_what_is_missing_is_said_beside_it_and_the_rest_stays(sandbox: Sandbox) -> None:
    account = sandbox.account("")
    address = opened(sandbox, account)
    status, _, page = press(sandbox, address, name="Dana <b>", born="1884-05-02", bank="12", go="finish")
    assert (status, set(re.findall(r'id="(\w+)-error"', page))) == (422, {"born", "bank", "terms"})
    assert 'value="Dana &lt;b&gt;"' in page
    assert page.count("autofocus") == 1
    assert not sandbox.api.v1.accounts.retrieve(account).details_submitted


def test_left_unfinished_it_keeps_what_was_right(sandbox: Sandbox) -> None:
    account = sandbox.account("")
    address = opened(sandbox, account)
    status, headers, _ = press(sandbox, address, name="Dana Park", bank="12", go="leave", terms="yes")
    assert (status, headers["location"]) == (303, "https://a.example/back")
    now = sandbox.api.v1.accounts.retrieve(account)
    assert not now.details_submitted
    assert now.requirements
    owes = now.requirements.currently_due or []
    assert "individual.first_name" not in owes
    assert {"external_account", "tos_acceptance.date"} <= set(owes)
    assert 'name="name"' not in look(sandbox, sandbox.link(account).url)[2]


@pytest.mark.parametrize("person", ["fine", "document", "back"])
def test_a_sample_person_fills_the_form_and_hands_nothing_in(sandbox: Sandbox, person: str) -> None:
    account = sandbox.account("")
    status, _, page = press(sandbox, opened(sandbox, account), fill=person)
    assert status == 200
    assert re.search(r'name="born" type="date" value="\d{4}', page)
    assert not sandbox.api.v1.accounts.retrieve(account).details_submitted


def test_a_document_is_asked_for_alone(sandbox: Sandbox) -> None:
    account = sandbox.account("document")
    address = sandbox.link(account).url
    page = look(sandbox, address)[2]
    assert 'name="document"' in page
    assert 'name="bank"' not in page
    assert press(sandbox, address, go="finish")[0] == 422
    assert press(sandbox, address, document="yes", go="finish")[0] == 303
    assert sandbox.api.v1.accounts.retrieve(account).payouts_enabled


def test_a_link_opens_once(sandbox: Sandbox) -> None:
    address = opened(sandbox, sandbox.account(""))
    status, headers, _ = look(sandbox, address)
    assert (status, headers["location"]) == (303, "https://a.example/again")


def test_a_link_is_soon_too_old(sandbox: Sandbox) -> None:
    account = sandbox.account("")
    unopened, used = sandbox.link(account).url, opened(sandbox, account)
    try:
        sandbox.ask("POST", "clock", advance=301)
        assert look(sandbox, unopened)[1]["location"] == "https://a.example/again"
        assert press(sandbox, unopened, **FINE)[1]["location"] == "https://a.example/again"
        assert press(sandbox, used, **{**FINE, "bank": "1"})[0] == 422
        sandbox.ask("POST", "clock", advance=3600)
        assert press(sandbox, used, **FINE)[1]["location"] == "https://a.example/again"
    finally:
        sandbox.ask("POST", "clock", advance=-3901)
    assert not sandbox.api.v1.accounts.retrieve(account).details_submitted


def test_a_link_of_another_account_is_none(sandbox: Sandbox) -> None:
    mine, other = sandbox.account(""), sandbox.account("")
    address = sandbox.link(mine).url
    assert look(sandbox, address.replace(mine, other))[0] == 404
    assert look(sandbox, address[:-1])[0] == 404


def test_it_speaks_korean_and_keeps_a_strict_policy(sandbox: Sandbox) -> None:
    _, headers, page = look(sandbox, sandbox.link(sandbox.account("")).url, "ko")
    assert "정산 받기" in page
    assert "마치기" in page
    assert "form-action 'self' https://a.example" in headers["content-security-policy"]
    assert "<script" not in page
    assert "style=" not in page
    assert "Stripe" not in page
