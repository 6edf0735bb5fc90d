"""What panels, letters and public pages are told of comments, worked out by hand."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from app.comments import backlog, handover, panel, service, sorting, topics
from app.comments.topics import Draft
from app.core.db import Database
from app.ikm.periods import parse
from app.instruments.catalog import Catalog
from app.responses.exclusion import set_state
from tests.comments.conftest import ACTOR
from tests.conftest import ELEMENTS, NOW

BACKENDS = ("sqlite",)  # pages: their statements run on PostgreSQL in tests/cli/test_every_link.py

Write = Callable[..., UUID]
OCTOBER = parse("2026-10")
TODAY = date(2026, 10, 15)


@pytest.fixture
def sort(city: Database, ids: dict[str, int]) -> Callable[[], None]:
    """Two topics of the government; sorts whatever was written."""
    with city.write() as session:
        for draft in (Draft("Antrean", "antre*", "waktu"), Draft("Pujian", "terima kasih")):
            topics.save(session, ACTOR, ids["kota"], draft, ELEMENTS, NOW)

    def everything() -> None:
        with city.write() as session:
            sorting.keep(session, sorting.find(session, list(ids.values()), 1000))

    return everything


def test_topics_are_counted_with_their_elements(
    city: Database, ids: dict[str, int], write: Write, sort: Callable[[], None]
) -> None:
    first = write("Antre satu jam")
    write("Antrean panjang", point="timur-arsip-qr")
    write("Terima kasih")
    write("Lain-lain")
    write("Antre bulan lalu", day="2026-09-30")
    out = write("Antre percobaan")
    sort()
    with city.write() as session:
        set_state(session, ids["ptsp"], [out], "excluded")
        service.set_state(session, ACTOR, service.opened(session, ids["ptsp"], first, 0), "done", None, NOW)
    with city.read() as session:
        found = panel.topic_counts(session, list(ids.values()), OCTOBER)
        west = panel.topic_counts(session, [ids["ptsp"]], OCTOBER)
    assert found.topics == (
        panel.TopicCount("antrean", "Antrean", "waktu", 2, 1),
        panel.TopicCount("pujian", "Pujian", None, 1, 1),
    )
    assert found.without == 1
    assert [(one.key, one.comments) for one in west.topics] == [("antrean", 1), ("pujian", 1)]


def test_what_waits_for_new_keywords_is_known_and_worked_off(
    city: Database, ids: dict[str, int], write: Write
) -> None:
    everywhere = list(ids.values())
    for place in range(3):
        write(f"Antre lama {place}")
    write("Antre di timur", point="timur-arsip-qr")
    with city.read() as session:
        assert not sorting.is_behind(session, everywhere), "there is nothing to sort by"
    with city.write() as session:
        topics.save(session, ACTOR, ids["kota"], Draft("Antrean", "antre*", "waktu"), ELEMENTS, NOW)
    with city.read() as session:
        assert sorting.is_behind(session, [ids["timur"]])
        assert panel.element_counts(session, everywhere, OCTOBER) == {}
    assert backlog.work_off(city, [ids["timur"]]) == 1
    assert backlog.work_off(city, portions=0) == 0
    assert backlog.work_off(city, portions=1) == 3
    with city.read() as session:
        assert not sorting.is_behind(session, everywhere)
        assert panel.element_counts(session, everywhere, OCTOBER) == {"waktu": 4}
    # Other keywords: what was found before waits again, and is put right.
    with city.write() as session:
        draft = Draft("Antrean", "menunggu", "waktu", key="antrean")
        topics.save(session, ACTOR, ids["kota"], draft, ELEMENTS, NOW)
    assert backlog.work_off(city) == 4
    with city.read() as session:
        assert panel.element_counts(session, everywhere, OCTOBER) == {}


def test_a_summary_names_the_oldest_that_is_new(city: Database, ids: dict[str, int], write: Write) -> None:
    oldest = write("Yang pertama", day="2026-10-01")
    second = write("Yang kedua", day="2026-10-02")
    write("Yang ketiga", day="2026-10-03")
    with city.write() as session:
        comment = service.opened(session, ids["ptsp"], oldest, 0)
        service.set_state(session, ACTOR, comment, "reviewed", None, NOW)
    with city.read() as session:
        found = panel.summary(session, [ids["ptsp"], ids["timur"]], OCTOBER)
        nothing = panel.summary(session, [ids["timur"]], OCTOBER)
    assert found.by_state == {"new": 2, "reviewed": 1, "acted_on": 0, "done": 0}
    assert found.comments == 3
    assert found.oldest_new == panel.Oldest(ids["ptsp"], second, date(2026, 10, 2))
    assert nothing.oldest_new is None


def test_comments_behind_a_low_element(
    city: Database, catalog: Catalog, ids: dict[str, int], write: Write, sort: Callable[[], None]
) -> None:
    write("Antre satu jam penuh di loket", day="2026-10-02", waktu=1)  # both: its topic, and a low score
    write("Loket dua selalu kosong pagi hari", day="2026-10-03", waktu=2)  # a low score
    write("Antrean tidak terasa lama hari ini", day="2026-10-04", waktu=4)  # its topic
    write("Antre", day="2026-10-05", waktu=1)  # too short
    write("Antre lama, hubungi saya di 0812 3456 7890", waktu=1)  # something is covered
    write("antre satu jam penuh di loket", day="2026-10-01", waktu=1)  # the same words again
    write("Ruang tunggunya nyaman dan bersih", waktu=4)
    write("Antre di kantor lain sangat lama", point="timur-arsip-qr", waktu=1)
    sort()

    def texts(element: str, limit: int, *chosen: str) -> list[str]:
        with city.read() as session:
            found = panel.comments_behind(session, catalog, [ids["ptsp"]], OCTOBER, element, chosen, limit)
            return [one.text for one in found]

    assert texts("waktu", 10) == [
        "Antre satu jam penuh di loket",
        "Loket dua selalu kosong pagi hari",
        "Antrean tidak terasa lama hari ini",
    ]
    assert texts("waktu", 1) == ["Antre satu jam penuh di loket"]
    assert texts("sarana", 5) == []
    assert len(texts("sarana", 5, "antrean")) == 2  # two texts that differ are about the topic
    with city.read() as session:
        assert panel.comments_behind(session, catalog, [], OCTOBER, "waktu") == []


def test_published_replies_tell_no_words_of_citizens(
    city: Database, ids: dict[str, int], write: Write, sort: Callable[[], None]
) -> None:
    first, second, draft, out = (write(text) for text in ("Antre lama", "Sempit", "Panas", "Percobaan"))
    sort()
    with city.write() as session:
        for id_, publish, day in ((first, True, 11), (second, True, 12), (draft, False, 13), (out, True, 14)):
            comment = service.opened(session, ids["ptsp"], id_, 0)
            at = datetime(2026, 10, day, 3, tzinfo=UTC)
            service.set_reply(session, ACTOR, comment, f"Balasan {day}", at, publish=publish)
        set_state(session, ids["ptsp"], [out], "excluded")
    with city.read() as session:
        found = panel.published_replies(session, ids["ptsp"])
        assert panel.published_replies(session, ids["ptsp"], limit=1) == found[:1]
    october = date(2026, 10, 1)
    assert [(one.reply, one.topic, one.month, one.service) for one in found] == [
        ("Balasan 12", None, october, "Penerbitan NIB"),
        ("Balasan 11", "Antrean", october, "Penerbitan NIB"),
    ]
    assert "Antre lama" not in repr(found)


def test_a_year_at_lapor(city: Database, ids: dict[str, int], write: Write) -> None:
    """Three handed over in 2026: one finished, one late on 15 October, one in its time; one in 2025."""
    cases = (
        (write("Satu", day="2026-09-01"), date(2026, 9, 2), date(2026, 9, 10)),
        (write("Dua", day="2026-09-01"), date(2026, 9, 3), None),
        (write("Tiga", day="2026-10-01"), date(2026, 10, 14), None),
        (write("Lama", day="2025-12-30"), date(2025, 12, 31), None),
    )
    with city.write() as session:
        for id_, on, finished in cases:
            comment = service.opened(session, ids["ptsp"], id_, 0)
            handover.hand_over(
                session, ACTOR, comment, lapor_number="1", kind="complaint", on=on, today=TODAY, now=NOW
            )
            if finished:
                handover.note_steps(session, ACTOR, comment, {"finished": finished}, TODAY, NOW)
    with city.read() as session:
        found = handover.handover_counts(session, list(ids.values()), 2026, TODAY)
        assert handover.handover_counts(session, [ids["timur"]], 2026, TODAY).handed_over == 0
    assert (found.handed_over, found.finished, found.open, found.late) == (3, 1, 2, 1)
