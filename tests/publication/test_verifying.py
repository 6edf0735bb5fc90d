"""The signed file proves itself to the service, the command and a short program; altered it does not."""

import hashlib
import json
import random
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient
from typer.testing import CliRunner

from app.cli import app as eskm
from app.core.db import Database
from app.publication import verification
from app.publication.canonical import NotCanonical, canonical, read
from app.publication.numbers import number_of, parse, slug
from app.publication.signing import Altered, NotAPublication, check, new_key, sign
from app.publication.signing import parse as parse_file
from app.publication.verification import Verdict
from tests.conftest import ELEMENTS
from tests.publication.conftest import Answered, Issued

BACKENDS = ("sqlite",)  # documents of figures: no database decides them

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / "examples" / "verify_publication.py"


@pytest.fixture
def signed(answered: Answered, issued: Issued, client: TestClient) -> dict[str, Any]:
    """A publication of 29 answers as everybody downloads it."""
    sums = dict(zip(ELEMENTS, (105, 101, 100, 116, 102, 105, 106, 105, 115), strict=True))
    for number in range(29):
        answered(1, {key: 4 if number < total - 87 else 3 for key, total in sums.items()})
    number = issued().number
    answer = client.get(f"/api/v1/publications/{slug(number)}")
    assert answer.status_code == 200
    return dict(answer.json())


def script(*arguments: object) -> tuple[int, str]:
    run = subprocess.run(
        [sys.executable, SCRIPT, *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        cwd=SCRIPT.parent,
    )
    return run.returncode, run.stdout + run.stderr


def command(*arguments: object) -> tuple[int, str]:
    run = CliRunner().invoke(eskm, ["verify-publication", *map(str, arguments)])
    return run.exit_code, run.output


def test_three_programs_find_it_whole(
    signed: dict[str, Any], city: Database, client: TestClient, tmp_path: Path
) -> None:
    file, keys = tmp_path / "result.json", tmp_path / "keys.json"
    # However it is indented and in whatever order its members stand.
    file.write_text(json.dumps(dict(reversed(signed.items())), indent=4, ensure_ascii=True))
    keys.write_text(client.get("/api/v1/publication-keys").text)
    pem = tmp_path / "key.pem"
    pem.write_text(client.get("/api/v1/publication-keys").json()["keys"][0]["pem"])
    for key in (keys, pem, signed["signature"]["public_key"]):
        code, said = script(file, key)
        assert (code, said) == (0, "VALID: SKM/kota/2026/0001 IKM 91.48 A, exactly 23875/261\n")
    for options in ((), ("--key", keys), ("--key", pem)):
        code, said = command(file, *options)
        assert code == 0, said
        assert "IKM 91,48, mutu A" in said
        assert ("cocok dengan" in said) == bool(options)
    with city.read() as session:
        assert verification.of_file(session, file.read_bytes()).verdict is Verdict.VALID
        assert verification.of_number(session, "SKM-kota-2026-0001").verdict is Verdict.VALID


def test_a_stranger_needs_no_more_than_the_script() -> None:
    text = SCRIPT.read_text()
    assert len(text.splitlines()) < 100
    imported = set(re.findall(r"^(?:import|from) (\w+)", text, re.MULTILINE))
    assert imported - set(sys.stdlib_module_names) == {"cryptography"}


def test_every_digit_counts(signed: dict[str, Any], city: Database) -> None:
    """Each single digit of the file, one after the other, replaced by another one."""
    text = json.dumps(signed, ensure_ascii=False)
    places = [place for place, sign in enumerate(text) if sign.isdigit()]
    assert len(places) > 500
    missed = []
    for place in places:
        other = text[:place] + str((int(text[place]) + 1) % 10) + text[place + 1 :]
        try:
            check(parse_file(other))
        except (Altered, NotAPublication):
            continue
        missed.append((place, text[place - 20 : place + 20]))
    assert missed == []


def test_the_script_and_the_command_see_flipped_digits(signed: dict[str, Any], tmp_path: Path) -> None:
    text, chance = json.dumps(signed), random.Random(7)
    places = [place for place, sign in enumerate(text) if sign.isdigit()]
    for place in chance.sample(places, 6):
        file = tmp_path / "altered.json"
        file.write_text(text[:place] + str((int(text[place]) + 1) % 10) + text[place + 1 :])
        code, said = script(file, signed["signature"]["public_key"])
        assert code == 1
        assert said.startswith("NOT VALID"), said
        assert command(file)[0] == 1


def forged(signed: dict[str, Any], change: Any) -> dict[str, Any]:
    """The file after somebody changed it and signed it anew with a key of their own."""
    document = json.loads(json.dumps(signed["document"]))
    public, private = new_key()
    document["key_id"] = hashlib.sha256(bytes.fromhex(public)).hexdigest()[:16]
    change(document)
    return sign(document, private, public).file()


def test_somebody_elses_key_is_seen(signed: dict[str, Any], city: Database, tmp_path: Path) -> None:
    file, key = tmp_path / "forged.json", tmp_path / "key.txt"
    file.write_text(json.dumps(forged(signed, lambda _: None)))
    key.write_text(signed["signature"]["public_key"])
    assert script(file, key)[0] == 1
    assert command(file, "--key", key)[0] == 1
    code, said = command(file)
    assert code == 0
    assert "tidak membuktikan siapa pemiliknya" in said
    with city.read() as session:
        assert verification.of_file(session, file.read_bytes()).verdict is Verdict.FOREIGN


@pytest.mark.parametrize(
    "member",
    ["ikm", "mutu", "exact", "count", "interval", "service", "nrr", "unit", "name"],
)
def test_figures_that_do_not_come_out_are_seen_even_when_signed(
    signed: dict[str, Any], tmp_path: Path, member: str
) -> None:
    def change(document: dict[str, Any]) -> None:
        match member:
            case "ikm":
                document["printed"]["ikm"] = "99.48"
            case "mutu":
                document["printed"]["mutu"] = "B"
            case "exact":
                document["exact"]["numerator"] = "23876"
            case "count":
                document["counts"]["waktu"] = [0, 0, 0, 29]
            case "interval":
                document["interval"]["low"] = "91.00"
            case "service":
                document["services"][0]["counts"]["waktu"] = [0, 0, 0, 29]
            case "nrr":
                document["printed"]["elements"][0]["nrr"] = "4.000"
            case "unit":
                document["units"] = []
            case "name":
                document["printed"]["kinerja"] = {"id": "Sempurna", "en": "Perfect"}

    file = tmp_path / "forged.json"
    file.write_text(json.dumps(forged(signed, change)))
    code, said = command(file)
    assert code == 1
    assert "tidak cocok" in said


def test_a_replaced_publication_says_so(
    signed: dict[str, Any], answered: Answered, issued: Issued, city: Database
) -> None:
    answered(1, 1)
    second = issued(replaces=signed["document"]["number"])
    with city.read() as session:
        found = verification.of_file(session, json.dumps(signed).encode())
    assert found.verdict is Verdict.REPLACED
    assert found.replaced_by == second.number


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'{"document": {}}',
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"a": 1, "a": 2}',
        b'{"a": 1.0}',
    ],
)
def test_what_is_no_publication(content: bytes, city: Database, tmp_path: Path) -> None:
    file = tmp_path / "no.json"
    file.write_bytes(content)
    assert command(file)[0] == 1
    with city.read() as session:
        assert verification.of_file(session, content).verdict is Verdict.UNREADABLE


def test_the_canonical_form_is_that_of_rfc_8785() -> None:
    """The example of its section 3.2.3, as far as it has no fractions, and its escapes of section 3.2.2.2."""
    value = {"\r": "Carriage Return", "1": "One", "a": '\u20ac$\u000f\nA\'B"\\\\"/'}
    assert canonical(value).decode() == (
        '{"\\r":"Carriage Return","1":"One","a":"\u20ac$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}'
    )
    assert canonical({"n": [1, 0, -1], "t": True, "x": None}) == b'{"n":[1,0,-1],"t":true,"x":null}'
    for wrong in ({"n": 1.5}, {"n": 2**53}, {"\u00e9": 1}, {"n": "\ud800"}, {"n": {1}}):
        with pytest.raises(NotCanonical):
            canonical(wrong)
    with pytest.raises(NotCanonical):
        read("[1]")


@pytest.mark.parametrize("government", ["kota", "kota-contoh", "a-2026-0001", "1", "a" * 63])
def test_numbers_survive_addresses(government: str) -> None:
    for sequence in (1, 9999, 10000):
        number = number_of(government, 2026, sequence)
        assert parse(number) == number
        assert parse(slug(number)) == number
        assert parse(f"  {number} ") == number
        assert re.fullmatch(r"[A-Za-z0-9-]+", slug(number))


@pytest.mark.parametrize(
    "text", ["", "SKM", "SKM/kota/26/1", "SKM/Kota/2026/0001", "SKM/kota/2026/0001/2", "\0"]
)
def test_what_is_no_number(text: str) -> None:
    assert parse(text) is None
