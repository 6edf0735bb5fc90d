"""The second factor: set up, given, replayed, guessed, lost, given up."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from fastapi import FastAPI
from sqlmodel import select

from app.auth.roles import Role
from app.auth.tables import RecoveryCode, User
from app.core.db import Database
from app.core.settings import Settings
from tests.auth.conftest import PASSWORD, Browser, Time, code_of, key_of
from tests.web.markup import Page

Make = Callable[..., Browser]
Employ = Callable[..., User]
WithApp = Callable[..., tuple[Browser, str, list[str]]]


@pytest.fixture(autouse=True)
def _ani(employee: Employ) -> None:
    employee("ani")


def test_setting_it_up_shows_ten_codes_once_and_ends_other_sessions(
    browser: Make, with_app: WithApp, account: Callable[[str], User]
) -> None:
    elsewhere = browser()
    elsewhere.sign_in("ani")
    used, key, codes = with_app()
    assert used.is_in
    assert not elsewhere.is_in
    assert len(set(codes)) == 10
    stored = account("ani")
    assert stored.totp_secret is not None
    assert key.encode() not in stored.totp_secret
    state = used.page("/akun/kode")
    assert "Tersisa 10 dari 10" in state.text
    assert not any(code in state.html for code in [*codes, key])


def test_the_key_takes_the_password_and_a_code_of_it(browser: Make, time: Time) -> None:
    used = browser()
    used.sign_in("ani")
    form = used.page("/akun/kode")
    key = key_of(form)
    assert form.having("input", name="code", inputmode="numeric", autocomplete="one-time-code")
    right = code_of(key, time)
    wrong = code_of(key, time, -4)
    refused = [
        used.post("/akun/kode", key=form.fields["key"], code=wrong, current=PASSWORD),
        used.post("/akun/kode", key=form.fields["key"], code=right, current="salah-semua-ini"),
        used.post("/akun/kode", key=form.fields["key"], code=right),
    ]
    assert {answer.status_code for answer in refused} == {422}
    assert all(key in Page(answer.text).text.replace(" ", "") for answer in refused), "the same key is shown"
    assert used.post("/akun/kode", key=form.fields["key"], code=right, current=PASSWORD).status_code == 200


def test_a_key_of_another_session_is_not_taken(browser: Make, employee: Employ, time: Time) -> None:
    employee("budi")
    ani, budi = browser(), browser()
    ani.sign_in("ani")
    budi.sign_in("budi")
    form = budi.page("/akun/kode")
    key = key_of(form)
    for sealed in (form.fields["key"], "", "zz", "00" * 40):
        answer = ani.post("/akun/kode", key=sealed, code=code_of(key, time), current=PASSWORD)
        assert (answer.status_code, answer.headers["location"]) == (303, "/akun/kode")


def test_both_steps_let_in_each_with_another_session(browser: Make, with_app: WithApp, time: Time) -> None:
    _, key, _ = with_app()
    time.passes(minutes=5)
    used = browser()
    answer = used.sign_in("ani", onward="/akun?lang=id")
    assert answer.headers["location"] == "/masuk/kode?onward=%2Fakun%3Flang%3Did"
    halfway = used.session
    assert used.get("/akun").headers["location"].startswith("/masuk/kode")
    assert used.client.get("/api/v1/units").status_code == 401
    form = used.page("/masuk/kode?onward=%2Fakun%3Flang%3Did")
    assert form.having("input", name="code", inputmode="numeric", autocomplete="one-time-code")
    answer = used.post("/masuk/kode", code=code_of(key, time), onward="/akun?lang=id")
    assert (answer.status_code, answer.headers["location"]) == (303, "/akun?lang=id")
    assert used.session != halfway
    assert used.is_in
    thief = browser()
    thief.carries(halfway)
    assert not thief.is_in
    assert thief.get("/masuk/kode").headers["location"].startswith("/masuk?")


def test_half_way_waits_ten_minutes(browser: Make, with_app: WithApp, time: Time) -> None:
    _, key, _ = with_app()
    used = browser()
    used.sign_in("ani")
    time.passes(minutes=11)
    answer = used.post("/masuk/kode", code=code_of(key, time))
    assert (answer.status_code, answer.headers["location"]) == (303, "/masuk")
    assert not used.is_in


@pytest.mark.parametrize(("steps", "status"), [(-2, 422), (-1, 303), (0, 303), (1, 303), (2, 422)])
def test_clocks_may_differ_by_one_step(
    browser: Make, with_app: WithApp, time: Time, steps: int, status: int
) -> None:
    _, key, _ = with_app()
    time.passes(minutes=5)
    used = browser()
    used.sign_in("ani")
    assert used.post("/masuk/kode", code=code_of(key, time, steps)).status_code == status


def test_a_code_works_once(browser: Make, with_app: WithApp, time: Time) -> None:
    _, key, _ = with_app()
    first, second = browser(), browser()
    first.sign_in("ani")
    second.sign_in("ani")
    confirmed = code_of(key, time)
    assert first.post("/masuk/kode", code=confirmed).status_code == 422, "it was spent at setting up"
    time.passes(seconds=60)
    code = code_of(key, time)
    earlier = code_of(key, time, -1)
    assert first.post("/masuk/kode", code=f" {code[:3]} {code[3:]} ").status_code == 303
    assert second.post("/masuk/kode", code=code).status_code == 422
    assert second.post("/masuk/kode", code=earlier).status_code == 422, "no way back behind a spent one"


def test_of_two_at_the_same_time_one_gets_in(browser: Make, with_app: WithApp, time: Time) -> None:
    _, key, codes = with_app()
    for code in (code_of(key, time, 1), codes[0]):
        browsers = [browser("198.51.100.1"), browser("192.0.2.1")]
        for one in browsers:
            assert one.sign_in("ani").status_code == 303
        barrier = Barrier(2)

        def give(one: Browser, code: str = code, barrier: Barrier = barrier) -> int:
            barrier.wait()
            return int(one.post("/masuk/kode", code=code).status_code)

        with ThreadPoolExecutor(2) as threads:
            answers = list(threads.map(give, browsers))
        assert sorted(answers) == [303, 422]


def test_a_recovery_code_works_once(browser: Make, with_app: WithApp, city: Database) -> None:
    _, _, codes = with_app()
    used = browser()
    used.sign_in("ani")
    typed = codes[3].lower().replace("-", " ").replace("0", "o").replace("1", "l")
    assert used.post("/masuk/kode", recovery=typed).status_code == 303
    assert "9 kode cadangan tersisa" in used.page("/akun").text
    again = browser()
    again.sign_in("ani")
    answer = again.post("/masuk/kode", recovery=codes[3])
    assert answer.status_code == 422
    assert "sudah dipakai" in answer.text
    with city.read() as session:
        stored = list(session.exec(select(RecoveryCode)))
    assert not {code.replace("-", "") for code in codes} & {one.code_hash for one in stored}


def test_new_recovery_codes_replace_the_old_ones(browser: Make, with_app: WithApp) -> None:
    used, _, codes = with_app()
    assert used.post("/akun/kode/cadangan", current="salah-semua-ini").status_code == 422
    answer = used.post("/akun/kode/cadangan", current=PASSWORD)
    fresh = [words for words in Page(answer.text).words if len(words) == 9 and words[4] == "-"]
    assert len(fresh) == 10
    assert not set(fresh) & set(codes)
    other = browser()
    other.sign_in("ani")
    assert other.post("/masuk/kode", recovery=codes[0]).status_code == 422
    assert other.post("/masuk/kode", recovery=fresh[0]).status_code == 303


def test_five_wrong_codes_end_the_attempt(browser: Make, with_app: WithApp, time: Time) -> None:
    _, key, _ = with_app()
    time.passes(minutes=5)
    used = browser("198.51.100.1")
    used.sign_in("ani")
    for _ in range(4):
        answer = used.post("/masuk/kode", code="000000")
        assert (answer.status_code, Page(answer.text).action) == (422, "/masuk/kode")
    answer = used.post("/masuk/kode", code="000000")
    assert (answer.status_code, Page(answer.text).action) == (422, "/masuk")
    assert used.session is None
    assert used.post("/masuk/kode", code=code_of(key, time)).headers["location"] == "/masuk"


def test_guessing_codes_with_the_password_known_is_over_after_thirty(
    browser: Make, with_app: WithApp, time: Time
) -> None:
    """Every round begins with the right password, from another network each: the owner's browser still gets in."""
    owner, key, _ = with_app()
    owner.post("/keluar")
    time.passes(minutes=5)
    for attempt in range(6):
        thief = browser(f"198.51.{attempt}.1")
        assert thief.sign_in("ani").status_code == 303
        for _ in range(5):
            assert thief.post("/masuk/kode", code="000000").status_code == 422
    thief = browser("192.0.2.1")
    thief.sign_in("ani")
    right = code_of(key, time)
    answer = thief.post("/masuk/kode", code=right)
    assert answer.status_code == 429
    assert int(answer.headers["retry-after"]) > 23 * 3600
    assert owner.sign_in("ani").status_code == 303
    assert owner.post("/masuk/kode", code=right).status_code == 303


def test_switching_it_off_takes_the_password(
    browser: Make, with_app: WithApp, account: Callable[[str], User], city: Database
) -> None:
    used, _, _ = with_app()
    assert used.post("/akun/kode/matikan", current="salah-semua-ini").status_code == 422
    assert account("ani").totp_confirmed_at is not None
    answer = used.post("/akun/kode/matikan", current=PASSWORD)
    assert (answer.status_code, answer.headers["location"]) == (303, "/akun?selesai=kode-mati")
    stored = account("ani")
    assert (stored.totp_secret, stored.totp_confirmed_at, stored.totp_last_step) == (None, None, None)
    with city.read() as session:
        assert list(session.exec(select(RecoveryCode))) == []
    assert browser().sign_in("ani").headers["location"] == "/petugas"


def test_administrators_who_must_have_it_cannot_switch_it_off(
    browser: Make, employee: Employ, app: FastAPI, settings: Settings, with_app: WithApp
) -> None:
    employee("kepala", ("kota", Role.ADMIN))
    used, _, _ = with_app("kepala")
    app.state.settings = settings.model_copy(update={"admin_second_factor": True})
    assert "wajib" in used.page("/akun/kode").text
    assert used.post("/akun/kode/matikan", current=PASSWORD).status_code == 403


def test_who_must_enrol_is_fully_in_afterwards(
    browser: Make, employee: Employ, app: FastAPI, settings: Settings, time: Time
) -> None:
    app.state.settings = settings.model_copy(update={"admin_second_factor": True})
    employee("kepala", ("kota", Role.ADMIN))
    used = browser()
    used.sign_in("kepala", onward="/akun?lang=id")
    enrolling = used.session
    form = used.page("/akun/kode?onward=%2Fakun%3Flang%3Did")
    assert not form.having("input", name="current"), "the password was given a moment ago"
    key = key_of(form)
    code = code_of(key, time)
    answer = used.post("/akun/kode", key=form.fields["key"], code=code, onward=form.fields["onward"])
    assert Page(answer.text).links["Sudah saya simpan"] == "/akun?lang=id"
    assert used.is_in
    assert used.session != enrolling


def test_a_new_phone_replaces_the_old_one_only_when_confirmed(
    browser: Make, with_app: WithApp, time: Time
) -> None:
    used, old, _ = with_app()
    time.passes(minutes=5)
    form = used.page("/akun/kode?ganti=1")
    new = key_of(form)
    other = browser()
    other.sign_in("ani")
    assert other.post("/masuk/kode", code=code_of(new, time)).status_code == 422
    assert other.post("/masuk/kode", code=code_of(old, time)).status_code == 303
    code = code_of(new, time)
    assert used.post("/akun/kode", key=form.fields["key"], code=code, current=PASSWORD).status_code == 200
    time.passes(minutes=5)
    again = browser()
    again.sign_in("ani")
    assert again.post("/masuk/kode", code=code_of(old, time)).status_code == 422
    assert again.post("/masuk/kode", code=code_of(new, time)).status_code == 303
