"""Passwords: which are taken, how they are hashed, what it costs whom."""

import subprocess
import sys
import threading
from types import SimpleNamespace

import pytest
from argon2 import PasswordHasher
from argon2.profiles import RFC_9106_LOW_MEMORY

from app.auth import passwords
from app.auth.tables import User
from app.core.errors import Busy, InvalidInput
from tests.conftest import NOW

WORDS = ["ani", "setiawati", "ani.setiawati"]


def fault(password: str) -> str | None:
    try:
        passwords.check(password, WORDS)
    except InvalidInput as error:
        (one,) = error.errors
        assert one.pointer == "/password"
        return one.code
    return None


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("", "password_too_short"),
        ("Kuda-Laut-9", "password_too_short"),  # 11
        ("Kuda-Laut-99", None),  # 12
        ("payung kerbau lampion tangga", None),
        ("ꦲꦏ꧀ꦱꦫ ꦗꦮ ꦥꦚ꧀ꦗꦁ", None),
        ("correct horse battery staple " * 4 + "kuda laut 12", None),  # 128
        ("correct horse battery staple " * 4 + "kuda laut 123", "password_too_long"),
        ("1qaz2wsx3edc", "password_common"),  # in the frequency list of zxcvbn
        ("1QAZ2WSX3EDC", "password_common"),
        ("passwordpassword", "password_common"),
        ("P@ssw0rd1234", "password_common"),
        ("aaaaaaaaaaaaaaaa", "password_common"),
        ("123456789012", "password_common"),
        ("qwertyuiop12", "password_common"),
        ("bismillah123", "password_common"),
        ("rahasia12345", "password_common"),
        ("katasandi2026", "password_common"),
        ("anisetiawati", "password_common"),  # her own name
        ("AniSetiawati1", "password_common"),
        ("ani ani ani ani", "password_common"),
        ("AniSetiawati2026!", "password_common"),
        ("ani-Kuda-Laut-99", None),
        ("eskmeskmeskm", "password_common"),
    ],
)
def test_long_and_hard_to_guess(password: str, code: str | None) -> None:
    assert fault(password) == code


def test_the_time_that_estimating_takes_is_bounded() -> None:
    """Look-alikes of letters make the estimate expensive: only the beginning is estimated."""
    assert passwords.SCORED <= 32
    assert fault("4@8({[<369!1|70$5+x%2" * 6) is None


def test_words_of_a_person() -> None:
    user = User(
        name="ani.s", full_name="Ani Setia-Wati", email="ani_s@dinas.go.id", unit_id=1, created_at=NOW
    )
    known = set(passwords.words_of(user))
    assert {"ani", "s", "setia", "wati", "dinas", "ani.s", "anisetia-wati", "ani_s@dinas.go.id"} <= known


def test_hashes_are_argon2id_with_the_parameters_of_rfc_9106() -> None:
    """Second recommended option of RFC 9106, section 4: 3 passes, 64 MiB, 4 lanes."""
    hashed = passwords.hash_password("Kuda-Laut-Rabu-9")
    assert hashed.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert RFC_9106_LOW_MEMORY.memory_cost == 65536
    assert passwords.matches(hashed, "Kuda-Laut-Rabu-9")
    assert not passwords.matches(hashed, "kuda-laut-rabu-9")
    assert not passwords.needs_rehash(hashed)
    assert passwords.needs_rehash(PasswordHasher(time_cost=1).hash("x"))


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


def test_letters_written_in_two_ways_are_one_password(quick: None) -> None:
    composed, apart = "Café-Laut-Rabu-9", "Cafe\u0301-Laut-Rabu-9"
    assert composed != apart
    assert passwords.matches(passwords.hash_password(composed), apart)


def test_nobody_has_the_password_of_nobody(quick: None) -> None:
    assert not passwords.matches(None, "nobody has this password")
    assert not passwords.matches("no hash at all", "Kuda-Laut-Rabu-9")
    assert not passwords.matches(passwords.hash_password("x" * 200), "x" * 200), "too long is never right"


def test_two_at_work_four_in_line_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    gate, at_work, most = threading.Event(), [0], [0]
    lock = threading.Lock()

    def verify(_hash: str, _password: str) -> bool:
        with lock:
            at_work[0] += 1
            most[0] = max(most[0], at_work[0])
        gate.wait(20)
        with lock:
            at_work[0] -= 1
        return True

    monkeypatch.setattr(passwords, "HASHER", SimpleNamespace(verify=verify))
    monkeypatch.setattr(passwords, "_nobodys", lambda: "x")
    answers: list[bool | None] = []

    def attempt() -> None:
        try:
            answers.append(passwords.matches("x", "y"))
        except Busy:
            answers.append(None)

    threads = [threading.Thread(target=attempt) for _ in range(9)]
    for thread in threads:
        thread.start()
    while len(answers) < 3:  # those who are sent away do not wait
        threads[-1].join(0.01)
    gate.set()
    for thread in threads:
        thread.join()
    assert answers.count(None) == 3
    assert answers.count(True) == 6
    assert most == [2]


def test_starting_does_not_load_the_word_lists() -> None:
    source = "import sys, app.factory; print('zxcvbn' in sys.modules)"
    run = subprocess.run(
        [sys.executable, "-c", source], capture_output=True, text=True, timeout=120, check=True
    )
    assert run.stdout.strip() == "False"
