"""The hosted page, pressed as a browser without scripts would."""

import re

import pytest

from tests.demo.stripe.sandbox import DECLINED, OK, POOR, SECURE, Sandbox

CARD = {"email": "a@example.com", "number": OK, "expiry": "12/34", "cvc": "123", "name": "A. Person"}


def errors(page: str) -> set[str]:
    return set(re.findall(r'id="(\w+)-error"', page))


def value(page: str, name: str) -> str:
    found = re.search(rf'<input id="{name}"[^>]*value="([^"]*)"', page)
    assert found
    return found[1]


def look(sandbox: Sandbox, session: str, step: str = "", accept: str = "en") -> str:
    return sandbox.raw("GET", f"/c/pay/{session}{step}", Accept_Language=accept)[2]


def test_a_card_that_works_leads_back_with_the_session(sandbox: Sandbox) -> None:
    session = sandbox.session(success_url="https://a.example/done?s={CHECKOUT_SESSION_ID}").id
    status, headers, _ = sandbox.press(session, **CARD)
    assert (status, headers["location"]) == (303, f"https://a.example/done?s={session}")
    assert sandbox.api.v1.checkout.sessions.retrieve(session).payment_status == "paid"
    assert sandbox.press(session, **CARD)[0] == 303
    assert len(sandbox.api.v1.charges.list(params={"payment_intent": sandbox.intent(session).id}).data) == 1


def test_errors_stand_beside_their_fields_and_what_was_typed_stays(sandbox: Sandbox) -> None:
    session = sandbox.session().id
    status, _, page = sandbox.press(session, **{**CARD, "number": "1234", "expiry": "13/34", "cvc": "1", "email": "a"})
    assert (status, errors(page)) == (422, {"email", "number", "expiry", "cvc"})
    assert (value(page, "number"), value(page, "name"), value(page, "cvc")) == ("1234", "A. Person", "")
    assert page.count("autofocus") == 1


@pytest.mark.parametrize(("card", "sentence"), [(DECLINED, "was declined"), (POOR, "not enough money")])
def test_a_declined_card_is_kept_except_its_cvc(sandbox: Sandbox, card: str, sentence: str) -> None:
    session = sandbox.session().id
    status, _, page = sandbox.press(session, **{**CARD, "number": card})
    assert (status, errors(page)) == (402, {"number"})
    assert sentence in page
    assert (value(page, "number"), value(page, "expiry"), value(page, "cvc")) == (card, "12/34", "")
    assert sandbox.press(session, **CARD)[0] == 303


@pytest.mark.parametrize(("card", "field"), [("4000000000000069", "expiry"), ("4000000000000127", "cvc")])
def test_a_refusal_stands_beside_what_it_is_about(sandbox: Sandbox, card: str, field: str) -> None:
    assert errors(sandbox.press(sandbox.session().id, **{**CARD, "number": card})[2]) == {field}


@pytest.mark.parametrize(("answer", "status", "paid"), [("approve", 303, True), ("fail", 402, False)])
def test_the_bank_asks_on_a_page_of_its_own(sandbox: Sandbox, answer: str, status: int, paid: bool) -> None:
    session = sandbox.session().id
    _, headers, _ = sandbox.press(session, **{**CARD, "number": SECURE})
    assert headers["location"] == f"/c/pay/{session}/challenge"
    assert "Is this you?" in look(sandbox, session, "/challenge")
    assert sandbox.press(session, "/challenge", answer=answer)[0] == status
    assert (sandbox.api.v1.checkout.sessions.retrieve(session).status == "complete") == paid
    assert sandbox.press(session, "/challenge", answer="approve")[0] == 303
    assert (sandbox.api.v1.checkout.sessions.retrieve(session).status == "complete") == paid


def test_a_test_card_fills_the_form_and_pays_nothing(sandbox: Sandbox) -> None:
    session = sandbox.session().id
    status, _, page = sandbox.press(session, fill=OK, email="a@example.com")
    assert (status, value(page, "number"), value(page, "email")) == (200, "4242 4242 4242 4242", "a@example.com")
    assert all(value(page, name) for name in ("expiry", "cvc", "name"))
    assert sandbox.api.v1.checkout.sessions.retrieve(session).status == "open"


def test_the_address_the_session_knows_cannot_be_changed(sandbox: Sandbox) -> None:
    session = sandbox.session(customer_email="mine@example.com").id
    assert "readonly" in look(sandbox, session)
    sandbox.press(session, **{**CARD, "email": "other@example.com"})
    details = sandbox.api.v1.checkout.sessions.retrieve(session).customer_details
    assert details is not None
    assert details.email == "mine@example.com"


def test_a_session_over_nothing_is_only_confirmed(sandbox: Sandbox) -> None:
    session = sandbox.session(0).id
    page = look(sandbox, session)
    assert "nothing to pay" in page
    assert 'name="number"' not in page
    assert sandbox.press(session, email="a@example.com")[0] == 303


def test_a_closed_session_says_so_and_takes_no_money(sandbox: Sandbox) -> None:
    ended, paid = sandbox.session(cancel_url="https://a.example/back").id, sandbox.session().id
    sandbox.api.v1.checkout.sessions.expire(ended)
    sandbox.pay(paid)
    assert "has expired" in look(sandbox, ended)
    assert 'href="https://a.example/back"' in look(sandbox, ended)
    assert "is complete" in look(sandbox, paid)
    assert "has expired" in sandbox.press(ended, **CARD)[2]
    assert sandbox.api.v1.checkout.sessions.retrieve(ended).payment_intent is None
    assert sandbox.raw("GET", "/c/pay/cs_test_none")[0] == 404


@pytest.mark.parametrize(
    ("locale", "accept", "sentence"),
    [
        ("ko", "en", "200,000원 결제하기"),
        ("en", "ko", "Pay ₩200,000"),
        ("auto", "ko-KR,ko", "결제하기"),
        ("auto", "de", "Pay ₩"),
    ],
)
def test_it_speaks_korean_and_english(sandbox: Sandbox, locale: str, accept: str, sentence: str) -> None:
    page = look(sandbox, sandbox.session(locale=locale).id, accept=accept)
    assert sentence in page
    assert f'<html lang="{"ko" if "결제" in sentence else "en"}">' in page


def test_it_is_the_demos_own_page_under_a_strict_policy(sandbox: Sandbox) -> None:
    session = sandbox.session().id
    _, headers, page = sandbox.raw("GET", f"/c/pay/{session}")
    policy = headers["content-security-policy"]
    assert policy.startswith("default-src 'none'")
    assert "form-action 'self' https://a.example" in policy
    assert "unsafe" not in policy
    assert "<script" not in page
    assert "style=" not in page
    assert "No money moves here" in page
    assert "Stripe" not in page


def test_what_others_wrote_is_never_markup(sandbox: Sandbox) -> None:
    price = {"currency": "krw", "unit_amount": 1000, "product_data": {"name": "<b>9</b>"}}
    session = sandbox.session(line_items=[{"price_data": price, "quantity": 1}]).id
    assert "<b>9" not in look(sandbox, session)
    assert "<i>" not in sandbox.press(session, **{**CARD, "number": "1", "name": '"><i>'})[2]
