"""Sentences of the SKM report that follow from its figures, in the Indonesian of official documents. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from app.web.chart_words import number, signed

LANGUAGE = "id"
MOST_NAMED = 3
# The best category: an element in it is a strength, all others can be better.
BEST = "A"


@dataclass(frozen=True, slots=True)
class Judged:
    """An element as the analysis sees it; `change` against the period before, `significant` or not."""

    name: str
    nrr: Decimal
    ikm: Decimal
    mutu: str
    kinerja: str
    change: Decimal | None = None
    significant: bool = False


def listed(names: Sequence[str]) -> str:
    """`a`, `a dan b`, `a, b, dan c`."""
    if len(names) < 2:
        return "".join(names)
    if len(names) == 2:
        return f"{names[0]} dan {names[1]}"
    return f"{', '.join(names[:-1])}, dan {names[-1]}"


def lead(unit: str, ikm: Decimal, mutu: str, kinerja: str, respondents: int) -> str:
    """The result in one sentence."""
    return (
        f"Dari {count(respondents)} responden, IKM {unit} adalah {number(ikm, LANGUAGE)} dengan mutu pelayanan "
        f"{mutu} ({kinerja})."
    )


def certainty(low: Decimal | None, high: Decimal | None, *, certain: bool) -> str:
    """How sure the figure is, for readers who know no statistics."""
    if low is None or high is None:
        return "Selang kepercayaan tidak dapat dihitung dari jawaban yang ada."
    span = f"{number(low, LANGUAGE)} dan {number(high, LANGUAGE)}"
    verdict = "pasti" if certain else "belum pasti, karena selang ini melewati batas kategori"
    return (
        f"Dengan tingkat kepercayaan 95%, IKM seluruh pengguna layanan berada di antara {span}; kategori mutunya "
        f"{verdict}."
    )


def strengths(elements: Sequence[Judged]) -> str:
    """The highest elements; only those of the best category are called strong without reserve."""
    ranked = sorted(elements, key=lambda one: one.ikm, reverse=True)[:MOST_NAMED]
    if not ranked:
        return ""
    named = listed([f"{one.name} ({number(one.nrr, LANGUAGE)})" for one in ranked])
    best = [one.name for one in ranked if one.mutu == BEST]
    first = f"Unsur dengan nilai tertinggi adalah {named}"
    if len(best) == len(ranked):
        return f"{first}. Semuanya berada pada kategori terbaik dan perlu dipertahankan."
    if not best:
        return f"{first}, namun belum satu pun mencapai kategori {BEST}."
    return f"{first}; yang mencapai kategori {BEST} adalah {listed(best)}."


def weaknesses(elements: Sequence[Judged]) -> str:
    """The lowest elements, which the follow-up plan begins with."""
    ranked = sorted(elements, key=lambda one: one.ikm)[:MOST_NAMED]
    if not ranked:
        return ""
    named = listed([f"{one.name} ({number(one.nrr, LANGUAGE)}, {one.mutu})" for one in ranked])
    first = f"Unsur dengan nilai terendah adalah {named}."
    if all(one.mutu == BEST for one in ranked):
        return f"{first} Semuanya sudah {ranked[0].kinerja.lower()}; perbaikan tetap dimulai dari sana."
    return f"{first} Unsur-unsur ini menjadi prioritas perbaikan."


def changes(elements: Sequence[Judged], before: str) -> str:
    """What changed significantly against the period `before`; chance is not reported as news."""
    moved = [one for one in elements if one.significant and one.change is not None]
    if not any(one.change is not None for one in elements):
        return f"Perubahan per unsur terhadap {before} tidak dapat diuji."
    if not moved:
        return f"Tidak ada unsur yang berubah secara berarti dibandingkan {before}."
    risen = [_moved(one) for one in moved if one.change is not None and one.change > 0]
    fallen = [_moved(one) for one in moved if one.change is not None and one.change < 0]
    parts = []
    if risen:
        parts.append(f"naik secara berarti: {listed(risen)}")
    if fallen:
        parts.append(f"turun secara berarti: {listed(fallen)}")
    said = "; yang ".join(parts)
    return f"Dibandingkan {before}, unsur yang {said}. Perubahan unsur lain masih dalam batas kebetulan."


def overall_change(change: Decimal | None, before: str, *, significant: bool) -> str:
    """The IKM itself against the period before."""
    if change is None:
        return f"IKM tidak dapat dibandingkan dengan {before}."
    if not significant:
        moved = signed(change, LANGUAGE)
        return f"Dibandingkan {before}, IKM berubah {moved}; perubahan ini belum berarti secara statistik."
    verb = "naik" if change > 0 else "turun"
    return f"Dibandingkan {before}, IKM {verb} {number(abs(change), LANGUAGE)} secara berarti."


def sample(respondents: int, target: int | None, population: int | None, method: str | None) -> str:
    """Whether enough people answered."""
    if target is None or population is None or method is None:
        return (
            f"Jumlah responden adalah {count(respondents)}. Populasi pengguna layanan pada periode ini tidak "
            "tercatat, sehingga kecukupan sampel tidak dapat dinilai."
        )
    verdict = (
        "terpenuhi" if respondents >= target else f"belum terpenuhi, kurang {count(target - respondents)}"
    )
    return (
        f"Dengan populasi {count(population)} pengguna layanan, jumlah responden minimum adalah {count(target)} "
        f"({method}). Responden yang menjawab {count(respondents)}: target {verdict}."
    )


def count(value: int) -> str:
    """`4.384`."""
    return number(value, LANGUAGE)


def _moved(one: Judged) -> str:
    return f"{one.name} ({signed(one.change, LANGUAGE) if one.change is not None else ''})"
