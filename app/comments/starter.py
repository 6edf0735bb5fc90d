"""Topics to begin with: what citizens of many offices write about, each beside the element that it concerns."""

from collections.abc import Collection
from datetime import datetime

from sqlmodel import Session

from app.audit.service import Actor
from app.comments.matching import Topic
from app.comments.topics import Draft, save, topics_of

STARTER = (
    Draft(
        "Antrean dan waktu tunggu",
        "antre*, antri*, menunggu, tunggu, lama, lambat*, loket, jam sibuk",
        "waktu",
    ),
    Draft("Janji waktu selesai", "dijanjikan, janji*, belum jadi, belum selesai, terlambat, molor", "waktu"),
    Draft("Biaya dan tarif", "biaya*, tarif*, mahal*, pungut*, pungli, bayar, obatnya mahal", "biaya"),
    Draft("Syarat dan berkas", "syarat*, berkas*, dokumen*, fotokopi*, formulir*", "persyaratan"),
    Draft("Alur dan prosedur", "alur*, prosedur*, bolak balik, membingungkan, ribet, dari rumah", "prosedur"),
    Draft("Ruang, toilet, dan parkir", "ruang*, kursi*, panas, toilet*, parkir*, kotor, ac", "sarana"),
    Draft(
        "Aduan tidak dijawab", "melapor, mengadu, aduan*, keluhan*, tidak ada jawaban, lapor*", "pengaduan"
    ),
    Draft("Sikap petugas", "petugas*, ramah*, sopan*, judes, kasar, senyum*", "perilaku"),
    Draft("Terima kasih dan pujian", "terima kasih, dipertahankan, memuaskan, bagus, mudah, cepat dan jelas"),
)


def begin(
    session: Session, actor: Actor, unit_id: int, elements: Collection[str], now: datetime
) -> list[Topic]:
    """Give a unit those topics of the list that it has not; one whose element is unknown here goes without."""
    known = {topic.name for topic in topics_of(session, unit_id)}
    return [
        save(session, actor, unit_id, Draft(one.name, one.keywords, element), elements, now)
        for one in STARTER
        if one.name not in known
        for element in [one.element if one.element in elements else ""]
    ]
