"""Topics: inherited, own, sorted when read or by the command, chosen by hand, tried before they are saved."""

from collections.abc import Callable
from uuid import UUID

import pytest
from sqlmodel import select
from starlette.testclient import TestClient

from app.auth.roles import Role
from app.comments import sorting, starter, topics
from app.comments.tables import CommentTopic
from app.comments.topics import Draft
from app.core.db import Database
from app.core.errors import InvalidInput, NotFound
from app.responses.tables import Comment
from tests.comments.conftest import ACTOR, Headers
from tests.conftest import ELEMENTS, NOW

Write = Callable[..., UUID]
Stored = Callable[[UUID], Comment]
WAITING = Draft("Antrean", "antre*, lama", "waktu")


@pytest.fixture
def save(city: Database, ids: dict[str, int]) -> Callable[..., None]:
    """Saves a topic of a unit: `save("kota", WAITING)`."""

    def write(unit: str, draft: Draft) -> None:
        with city.write() as session:
            topics.save(session, ACTOR, ids[unit], draft, ELEMENTS, NOW)

    return write


def keys(city: Database, unit_id: int) -> dict[str, tuple[int, tuple[str, ...]]]:
    with city.read() as session:
        return {one.key: (one.unit_id, one.keywords) for one in topics.topics_of(session, unit_id)}


def test_units_below_inherit_and_may_have_their_own(
    city: Database, ids: dict[str, int], save: Callable[..., None]
) -> None:
    save("kota", WAITING)
    save("timur", Draft("Antrean", "berjejal", "waktu", key="antrean"))
    assert keys(city, ids["ptsp"]) == {"antrean": (ids["kota"], ("antre*", "lama"))}
    assert keys(city, ids["timur-cabang"]) == {"antrean": (ids["timur"], ("berjejal",))}
    with city.read() as session:
        found = topics.topics_by_unit(session, list(ids.values()))
    assert {unit: found[id_][0].unit_id for unit, id_ in ids.items()} == {
        "kota": ids["kota"],
        "ptsp": ids["kota"],
        "timur": ids["timur"],
        "timur-cabang": ids["timur"],
    }
    with city.write() as session:
        topics.remove(session, ACTOR, ids["timur"], "antrean", NOW)
    assert keys(city, ids["timur-cabang"]) == {"antrean": (ids["kota"], ("antre*", "lama"))}


@pytest.mark.parametrize(
    ("draft", "code"),
    [
        (Draft("", "antre*"), "name_missing"),
        (Draft("???", "antre*"), "name_invalid"),
        (Draft("A" * 61, "antre*"), "name_invalid"),
        (Draft("Antrean", "an*"), "keyword_short"),
        (Draft("Antrean", "*"), "keyword_empty"),
        (Draft("Antrean", "x" * 61), "keyword_long"),
        (Draft("Antrean", ",".join(f"kata{n}" for n in range(61))), "keywords_many"),
        (Draft("Antrean", "antre*", "cuaca"), "element_unknown"),
    ],
)
def test_a_faulty_topic_is_refused(
    city: Database, save: Callable[..., None], draft: Draft, code: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        save("kota", draft)
    assert [fault.code for fault in refused.value.errors] == [code]
    with city.read() as session:
        assert session.exec(select(CommentTopic)).all() == []


def test_a_name_twice_and_a_key_from_nowhere(save: Callable[..., None]) -> None:
    save("kota", WAITING)
    with pytest.raises(InvalidInput):
        save("ptsp", Draft("antrean", "lain"))
    with pytest.raises(NotFound):
        save("ptsp", Draft("Lain", "lain", key="tidak-ada"))


def test_the_examples_begin_once(city: Database, ids: dict[str, int]) -> None:
    with city.write() as session:
        made = starter.begin(session, ACTOR, ids["kota"], ELEMENTS, NOW)
        assert starter.begin(session, ACTOR, ids["kota"], ELEMENTS, NOW) == []
    assert len(made) == len(starter.STARTER)
    assert {one.element for one in made} <= {*ELEMENTS, None}


def sort_all(city: Database, ids: dict[str, int], limit: int = 100) -> int:
    with city.read() as session:
        found = sorting.find(session, list(ids.values()), limit)
    with city.write() as session:
        sorting.keep(session, found)
    return found.number


def test_sorting_changes_what_the_keywords_say_and_no_choice(
    city: Database, ids: dict[str, int], save: Callable[..., None], write: Write, stored: Stored
) -> None:
    waiting, chosen, other = write("Antreannya panjang"), write("Lama sekali"), write("Parkir sempit")
    assert stored(waiting).topic is None  # nothing is looked for while answers are stored
    with city.write() as session:
        row = session.exec(select(Comment).where(Comment.response_id == chosen)).one()
        row.topic, row.topic_by_hand = "parkir", True
    save("kota", WAITING)
    assert sort_all(city, ids, limit=2) == 2
    assert sort_all(city, ids) == 1
    assert sort_all(city, ids) == 0
    assert [stored(one).topic for one in (waiting, chosen, other)] == ["antrean", "parkir", None]
    save("ptsp", Draft("Parkir", "parkir*", "sarana"))
    assert sort_all(city, ids) == 3
    assert [stored(one).topic for one in (waiting, chosen, other)] == ["antrean", "parkir", "parkir"]
    assert stored(waiting).version == 0  # a suggestion is no change by anybody


def test_reading_sorts(
    desk: TestClient, staff: Callable[..., Headers], save: Callable[..., None], write: Write
) -> None:
    save("kota", WAITING)
    write("Antreannya panjang")
    write("Parkir sempit")
    found = desk.get("/petugas/unit/ptsp/komentar?period=2026-10&topic=antrean", headers=staff()).text
    assert found.count("<blockquote>") == 1
    assert "Antrean, Penerbitan NIB" in found
    assert "Tanpa topik: 1." in found


def test_by_hand_and_back_to_the_keywords(
    desk: TestClient, staff: Callable[..., Headers], save: Callable[..., None], write: Write, stored: Stored
) -> None:
    save("kota", WAITING)
    save("kota", Draft("Parkir", "parkir*", "sarana"))
    id_, head = write("Antreannya panjang"), staff()
    place = f"/petugas/unit/ptsp/komentar/{id_}/topik"
    for version, topic, expected in ((0, "parkir", "parkir"), (1, "-", None), (2, "", "antrean")):
        sent = desk.post(place, data={"version": version, "topic": topic}, headers=head)
        assert sent.status_code == 303
        assert stored(id_).topic == expected
    assert not stored(id_).topic_by_hand


def test_the_page_counts_first_and_saves_then(
    desk: TestClient,
    city: Database,
    ids: dict[str, int],
    staff: Callable[..., Headers],
    write: Write,
    stored: Stored,
) -> None:
    id_, head = write("Antreannya panjang"), staff()
    write("Parkir sempit")
    place = "/petugas/unit/ptsp/komentar/topik"
    assert "Belum ada topik" in desk.get(place, headers=head).text
    fields = {"name": "Antrean", "keywords": "antre*\nlama", "element": "waktu"}
    tried = desk.post(place, data={**fields, "trial": "1"}, headers=head)
    assert tried.status_code == 200
    assert "menemukan 1 dari 2 komentar terbaru" in tried.text
    assert keys(city, ids["ptsp"]) == {}
    wrong = desk.post(place, data={**fields, "name": ""}, headers=head)
    assert wrong.status_code == 422
    assert "antre*\nlama</textarea>" in wrong.text
    assert desk.post(place, data=fields, headers=head).status_code == 303
    assert keys(city, ids["ptsp"]) == {"antrean": (ids["ptsp"], ("antre*", "lama"))}
    assert stored(id_).topic == "antrean"
    assert "Waktu Penyelesaian" in desk.get(f"{place}?key=antrean", headers=head).text
    assert desk.post(f"{place}/hapus", data={"key": "antrean"}, headers=head).status_code == 303
    assert stored(id_).topic is None
    assert desk.post(f"{place}/contoh", headers=head).status_code == 303
    assert len(keys(city, ids["ptsp"])) == len(starter.STARTER)


def test_who_may_change_topics(desk: TestClient, staff: Callable[..., Headers]) -> None:
    place = "/petugas/unit/ptsp/komentar/topik"
    reader = staff("kota", Role.EVALUATOR)
    found = desk.get(place, headers=reader)
    assert found.status_code == 200
    assert "<form method" not in found.text
    assert desk.post(place, data={"name": "A", "keywords": "antre*"}, headers=reader).status_code == 403
    assert desk.post(f"{place}/contoh", headers=staff("timur")).status_code == 404
