"""Keywords in texts: whole words, capitals and accents aside, a star for any ending."""

import pytest

from app.comments.matching import Matcher, Sorter, Topic, keyword_fault


@pytest.mark.parametrize(
    ("keyword", "text", "found"),
    [
        ("antre", "Antre lama sekali", True),
        ("antre", "Antrean lama sekali", False),  # a word, not a part of one
        ("antre*", "ANTREANNYA panjang", True),
        ("antre*", "mengantre", False),  # the star is an ending only
        ("lama", "Selamat pagi, ulama", False),
        ("lama", "lama.", True),
        ("Café", "cafe kecil di lobi", True),
        ("cafe", "Café kecil", True),
        ("bolak balik", "saya bolak-balik", True),
        ("bolak-balik", "bolak  balik terus", True),
        ("jam sibuk", "pada jam yang sibuk", False),  # a phrase stands together
        ("ac", "AC mati", True),
        ("ac", "acara", False),
        ("tidak ada jawab*", "sampai kini tidak ada jawabannya", True),
        ("a.c", "abc", False),  # nothing is an expression of a search language
        ("(", "apa saja", False),
    ],
)
def test_a_keyword_in_a_text(keyword: str, text: str, found: bool) -> None:
    sorter = Sorter([Topic(1, "t", "T", (keyword,))])
    assert (sorter.topic_of(text) == "t") is found


def test_the_topic_with_most_keywords_wins_then_the_longest_place() -> None:
    waiting = Topic(1, "antrean", "Antrean", ("antre*", "lama", "menunggu"))
    staff = Topic(1, "petugas", "Petugas", ("petugas*", "ramah"))
    sorter = Sorter([staff, waiting])
    assert sorter.topic_of("Petugas ramah, tetapi lama") == "petugas"
    assert sorter.topic_of("Petugas lama, antre dan menunggu") == "antrean"
    assert sorter.topic_of("Petugasnya lama") == "petugas"  # one each: `petugasnya` is longer than `lama`
    assert sorter.topic_of("Baik") is None


def test_one_keyword_spelled_twice_counts_once() -> None:
    assert Matcher(("Lama", "LAMA", "lamá")).weight("lama dan lama") == (1, 4)


@pytest.mark.parametrize(
    ("keyword", "fault"),
    [("antre*", None), ("AC", None), ("ac*", "short"), ("*", "empty"), ("…", "empty"), ("", "empty")],
)
def test_what_cannot_be_a_keyword(keyword: str, fault: str | None) -> None:
    assert keyword_fault(keyword) == fault


def test_the_fingerprint_knows_keywords_and_no_spelling() -> None:
    def of(*keywords: str, key: str = "t", name: str = "T") -> int:
        return Sorter([Topic(1, key, name, keywords)]).fingerprint

    assert of("antre*", "lama") == of("LAMA", "Antre*", name="Lain")
    assert len({of("antre*"), of("antre"), of("antre*", "lama"), of("antre*", key="u"), of()}) == 5
    assert all(0 < number < 2**31 for number in (of("antre*"), of(), Sorter([]).fingerprint))
