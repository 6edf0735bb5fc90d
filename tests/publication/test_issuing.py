"""What is frozen: numbers without gaps, figures from their counts, refusals, corrections, nothing undone."""

import json
import threading
from collections.abc import Callable
from datetime import timedelta
from fractions import Fraction
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlmodel import col, select

from app.audit.service import SYSTEM
from app.audit.tables import AuditEntry
from app.auth.keys import Keys
from app.core.db import Database
from app.core.errors import InvalidInput
from app.ikm.periods import parse
from app.instruments.catalog import Catalog
from app.publication import queries
from app.publication.canonical import canonical, digest, read
from app.publication.errors import AlreadyPublished, FiguresUnchanged, NoAnswers, NotCurrent, PeriodNotOver
from app.publication.recount import differences
from app.publication.service import Correction, draft, issue
from app.publication.signing import check
from app.publication.signing_keys import replace_key
from app.publication.tables import Publication, SigningKey
from app.units.queries import unit_by_code
from app.units.tables import Unit
from tests.conftest import ELEMENTS, NOW
from tests.publication.conftest import LATER, URL, Answered, Issued

ONLINE = tuple(key for key in ELEMENTS if key not in ("kompetensi", "perilaku"))


def test_the_document_holds_what_it_takes_to_compute_it_again(answered: Answered, issued: Issued) -> None:
    """n = 29 with the sums of the reference: 91.48 A; worked by hand in reference values, not from the code."""
    sums = dict(zip(ELEMENTS, (105, 101, 100, 116, 102, 105, 106, 105, 115), strict=True))
    for number in range(29):
        answered(1, {key: 4 if number < total - 87 else 3 for key, total in sums.items()})
    publication = issued()
    document = json.loads(publication.document)
    assert (publication.number, publication.ikm, publication.mutu) == ("SKM/kota/2026/0001", "91.48", "A")
    assert document["printed"]["ikm"] == "91.48"
    assert document["exact"] == {"numerator": "23875", "denominator": "261"}
    assert document["counts"]["persyaratan"] == [0, 0, 11, 18]
    assert document["respondents"] == 29
    assert document["period"] == {"code": "2026-Q3", "first": "2026-07-01", "last": "2026-09-30"}
    assert document["unit"] == {"code": "ptsp", "name": "Pelayanan Terpadu"}
    assert document["government"] == {"code": "kota", "name": "Kota Uji"}
    # Printed figures from the counts alone, by an arithmetic of its own.
    means = [
        Fraction(sum(s * c for s, c in enumerate(counts, 1)), sum(counts))
        for counts in document["counts"].values()
    ]
    assert 25 * sum(means) / 9 == Fraction(23875, 261)
    assert publication.sha256 == digest(document)
    assert canonical(document).decode() == publication.document


def test_services_stand_in_the_document_of_their_unit(answered: Answered, issued: Issued) -> None:
    answered(6, 4)
    answered(7, 2, point="ptsp-daring", elements=ONLINE)
    document = read(issued().document)
    services = {one["members"][0]["code"]: one for one in document["services"]}
    assert services["nib"]["ikm"] == "100.00"
    assert services["daring"]["ikm"] == "50.00"
    assert services["daring"]["not_asked"] == ["kompetensi", "perilaku"]
    assert document["counts"]["waktu"] == [0, 7, 0, 6]
    assert document["counts"]["perilaku"] == [0, 0, 0, 6]
    # Seven elements: (6*4 + 7*2)/13 = 38/13; two elements: 4. Together 25 (7*38/13 + 8) / 9 = 79.06.
    assert document["printed"]["ikm"] == "79.06"
    assert document["printed"]["mutu"] == "B"


def test_services_with_few_respondents_are_put_together(answered: Answered, issued: Issued) -> None:
    answered(9, 4)
    answered(2, 1, point="ptsp-daring", elements=ONLINE)
    (one,) = read(issued().document)["services"]
    assert [member["code"] for member in one["members"]] == ["daring", "nib"]
    assert one["respondents"] == 11


def test_the_mean_of_units_is_computed_from_the_units(
    answered: Answered, issued: Issued, city: Database
) -> None:
    with city.write() as session:
        session.exec(select(Unit).where(Unit.code == "kota")).one().rollup = "mean_of_units"
    answered(30, 4)
    answered(10, 2, point="timur-arsip-qr")
    document = read(issued("kota").document)
    assert document["method"]["rollup"] == "mean_of_units"
    assert [(one["code"], one["ikm"]) for one in document["units"]] == [
        ("ptsp", "100.00"),
        ("timur", "50.00"),
    ]
    assert document["printed"]["ikm"] == "75.00"
    assert differences(document) == []


def test_one_service_has_a_number_of_its_own(answered: Answered, issued: Issued, city: Database) -> None:
    answered(6, 4)
    answered(7, 2, point="ptsp-daring", elements=ONLINE)
    unit, service = issued(), issued(service="daring")
    assert (unit.number[-4:], service.number[-4:]) == ("0001", "0002")
    assert service.ikm == "50.00"
    with city.read() as session:
        assert session.get_one(Unit, unit.unit_id).code == "ptsp"
        newest = queries.latest(session, unit.unit_id)
        of_service = queries.latest(session, unit.unit_id, service.service_id)
    assert newest is not None
    assert newest.number == unit.number
    assert of_service is not None
    assert of_service.number == service.number


def test_a_period_that_is_not_over_is_refused(answered: Answered, issued: Issued) -> None:
    answered(6)
    with pytest.raises(PeriodNotOver):
        issued(period="2026")
    with pytest.raises(PeriodNotOver):
        issued(period="2026-Q4")


def test_the_period_ends_in_every_zone_of_its_units(answered: Answered, issued: Issued) -> None:
    """Midnight of 1 October is 15:00 UTC the day before in Jayapura, and 16:00 UTC in Makassar."""
    answered(6)
    answered(6, point="timur-arsip-qr")
    at = NOW.replace(month=9, day=30, hour=15, minute=30)
    assert issued("timur", at=at).respondents == 6
    with pytest.raises(PeriodNotOver):
        issued("kota", at=at)
    assert issued("kota", at=at + timedelta(hours=1)).respondents == 12


def test_no_answers(issued: Issued) -> None:
    with pytest.raises(NoAnswers):
        issued()


def test_the_same_figures_are_published_once_and_other_ones_as_a_correction(
    answered: Answered, issued: Issued, city: Database
) -> None:
    answered(6)
    first = issued()
    with pytest.raises(FiguresUnchanged):
        issued()
    with pytest.raises(FiguresUnchanged):
        issued(replaces=first.number)
    answered(1, 1)
    with pytest.raises(AlreadyPublished):
        issued()
    with pytest.raises(NotCurrent):
        issued(replaces="SKM/kota/2026/0009")
    second = issued(replaces=first.number)
    assert second.number == "SKM/kota/2026/0002", "refusals took no number"
    assert second.replaces == first.number
    assert read(second.document)["replaces"] == {
        "number": first.number,
        "reason": "Dua jawaban percobaan dikeluarkan",
    }
    with pytest.raises(NotCurrent):
        issued(replaces=first.number)
    with city.read() as session:
        assert queries.replacement_of(session, first.number) == second.number
        newest = queries.latest(session, first.unit_id)
        assert newest is not None
        assert newest.number == second.number
        listed = queries.publications_of(session, first.unit_id, 2026)
        assert [(one.publication.number, one.replaced_by) for one in listed] == [
            (second.number, None),
            (first.number, second.number),
        ]


def test_a_correction_says_why(
    answered: Answered, issued: Issued, city: Database, catalog: Catalog, keys: Keys
) -> None:
    answered(6)
    first = issued()
    answered(6, 4)
    with city.read() as session:
        unit = unit_by_code(session, "ptsp")
        assert unit is not None
        prepared = draft(session, catalog, unit, parse("2026-Q3"), NOW)
    for reason in (" ", "x" * 501):
        with city.write() as session, pytest.raises(InvalidInput):
            issue(
                session,
                keys,
                SYSTEM,
                prepared,
                NOW,
                public_url=URL,
                correction=Correction(first.number, reason),
            )


def test_a_correction_that_changes_few_answers_has_no_profile(answered: Answered, issued: Issued) -> None:
    """Two profiles that differ by one respondent would show that respondent's."""
    answered(20, sex="L")
    first = issued()
    answered(1, sex="P", age=77)
    second = issued(replaces=first.number)
    answered(2, sex="P")
    third = issued(replaces=second.number)
    answered(5, sex="P")
    fourth = issued(replaces=third.number)
    has_profile = [read(one.document)["profile"] is not None for one in (first, second, third, fourth)]
    assert has_profile == [True, False, False, True]


def test_small_groups_are_hidden_and_a_service_cannot_uncover_them(
    answered: Answered, issued: Issued
) -> None:
    answered(20, sex="L", education="SMA")
    answered(6, sex="P", education="S1")
    answered(2, point="ptsp-daring", elements=ONLINE, sex="P", education="S1")
    answered(8, point="ptsp-daring", elements=ONLINE, sex="L", education="SMP")

    def education(publication: Publication) -> dict[str, Any]:
        dimensions = read(publication.document)["profile"]["dimensions"]
        found = next(one for one in dimensions if one["key"] == "education")
        return {one["key"]: one["n"] for one in found["groups"]} | {"together": found["hidden_together"]}

    whole = education(issued())
    assert (whole["SMA"], whole["S1"], whole["SMP"], whole["S2"], whole["together"]) == (20, 8, 8, 0, 0)
    service = education(issued(service="nib"))
    assert service["S1"] is None, "8 less 6 would tell of the two at the other service"
    assert service["together"] >= 5


def test_numbers_of_a_year_begin_anew(answered: Answered, issued: Issued) -> None:
    answered(6)
    answered(6, at="2026-05-20T02:00:00Z")
    numbers = [
        issued(period="2026-Q2").number,
        issued(period="2026-Q3").number,
        issued(period="2026", at=LATER).number,
    ]
    assert numbers == ["SKM/kota/2026/0001", "SKM/kota/2026/0002", "SKM/kota/2027/0001"]


def test_many_at_once_take_each_number_once(
    answered: Answered, city: Database, catalog: Catalog, keys: Keys, backend: str
) -> None:
    """Real threads on a real database: whoever comes second waits, and nothing is given out twice."""
    periods = [f"2026-08-{day:02}..2026-08-20" for day in range(1, 13)]
    answered(6)
    with city.read() as session:
        unit = unit_by_code(session, "ptsp")
        assert unit is not None
        drafts = [draft(session, catalog, unit, parse(one), NOW) for one in periods]
        session.expunge_all()
    failures: list[BaseException] = []
    start = threading.Barrier(len(drafts))

    def publish(number: int) -> None:
        start.wait()
        try:
            with city.write() as session:
                issue(session, keys, SYSTEM, drafts[number], NOW, public_url=URL)
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=publish, args=(number,)) for number in range(len(drafts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    with city.read() as session:
        sequences = session.exec(select(Publication.sequence).order_by(col(Publication.sequence))).all()
        assert list(sequences) == list(range(1, 13))
        assert len(session.exec(select(SigningKey)).all()) == 1, "one key, made by whoever came first"


def test_two_who_publish_the_same_at_once(
    answered: Answered, city: Database, catalog: Catalog, keys: Keys
) -> None:
    answered(6)
    with city.read() as session:
        unit = unit_by_code(session, "ptsp")
        assert unit is not None
        prepared = draft(session, catalog, unit, parse("2026-Q3"), NOW)
        session.expunge_all()
    outcomes: list[str] = []

    def publish() -> None:
        try:
            with city.write() as session:
                issue(session, keys, SYSTEM, prepared, NOW, public_url=URL)
            outcomes.append("issued")
        except FiguresUnchanged:
            outcomes.append("unchanged")

    threads = [threading.Thread(target=publish) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["issued", "unchanged"]


@pytest.mark.parametrize("statement", ["UPDATE publication SET ikm = '99.99'", "DELETE FROM publication"])
def test_the_database_refuses_to_change_what_was_published(
    answered: Answered, issued: Issued, city: Database, statement: str
) -> None:
    answered(6)
    issued()
    with pytest.raises(DBAPIError, match="append-only"), city.write() as session:
        session.execute(text(statement))


def test_keys_rotate_and_old_ones_go_on_verifying(
    answered: Answered, issued: Issued, city: Database, client: Any
) -> None:
    answered(6)
    first = issued(period="2026-08")
    keys: Keys = client.app.state.keys
    with city.write() as session:
        replace_key(session, keys, SYSTEM, first.government_id, NOW)
    second = issued()
    assert first.key_id != second.key_id
    with city.read() as session:
        stored = session.exec(select(SigningKey).order_by(col(SigningKey.retired_at))).all()
        assert sorted((one.private_key is None, one.retired_at is None) for one in stored) == [
            (False, True),
            (True, False),
        ]
        for one in (first, second):
            check(queries.signed(session, session.get_one(Publication, (one.unit_id, one.number))))
        assert keys.seal(b"x", "y") not in [one.private_key for one in stored]


def test_a_new_secret_of_the_installation_means_a_new_key(
    answered: Answered, issued: Issued, city: Database, catalog: Catalog, keys: Keys
) -> None:
    answered(6)
    first = issued(period="2026-08")
    with city.read() as session:
        unit = unit_by_code(session, "ptsp")
        assert unit is not None
        prepared = draft(session, catalog, unit, parse("2026-Q3"), NOW)
    with city.write() as session:
        second = issue(session, keys, SYSTEM, prepared, NOW, public_url=URL)
        assert second.key_id != first.key_id
        check(queries.signed(session, second))


def test_what_was_done_is_recorded(
    answered: Answered, issued: Issued, recorded: Callable[..., list[AuditEntry]]
) -> None:
    answered(6)
    first = issued()
    answered(1, 1)
    issued(replaces=first.number)
    assert [one.action for one in recorded("key.")] == ["key.made"]
    issuing, correcting = recorded("publication.")
    assert (issuing.action, correcting.action) == ("publication.issued", "publication.corrected")
    assert issuing.subject == "publication:SKM/kota/2026/0001"
    assert issuing.details["sha256"] == first.sha256
    assert correcting.details["replaces"] == first.number
