"""The columns of exported answers: their names, what their values mean, and the labels of a codebook."""

from collections.abc import Iterable, Sequence

from app.core.messages import translate
from app.exports.recipe import Column
from app.instruments.model import Instrument, in_language
from app.responses.tables import CHANNELS, EDUCATIONS, OCCUPATIONS, SEXES, STATES

TRUTHS = ("false", "true")


def columns_of(instruments: Sequence[Instrument], language: str, *, comments: bool) -> tuple[Column, ...]:
    """All columns of the answers to `instruments`, from the left, labelled in `language`."""
    last = (Column("comment", "text", translate("Masukan tertulis", language)),) if comments else ()
    return (*_before(language), *_scores(instruments, language), *_after(language), *last)


def question_keys(instruments: Iterable[Instrument]) -> tuple[str, ...]:
    """The question keys of all `instruments`, each once, in article order, first seen first; importance last."""
    asked = list(instruments)
    keys = [key for instrument in asked for key in instrument.questions]
    keys += [key for instrument in asked for key in instrument.importance_questions]
    return tuple(dict.fromkeys(keys))


def _before(language: str) -> tuple[Column, ...]:
    channels = dict(
        qr=translate("Kode QR", language),
        kiosk=translate("Kios", language),
        counter=translate("Loket", language),
        link=translate("Tautan", language),
        **{"import": translate("Formulir kertas", language)},
    )
    return (
        Column("unit", "group", translate("Kode unit", language)),
        Column("unit_name", "group", translate("Nama unit", language)),
        Column("service", "group", translate("Kode layanan", language)),
        Column("service_name", "group", translate("Nama layanan", language)),
        Column("id", "text", translate("Nomor jawaban", language)),
        Column("local_date", "day", translate("Tanggal menurut waktu unit", language)),
        Column("answered_at", "instant", translate("Waktu menjawab", language)),
        Column("received_at", "instant", translate("Waktu diterima", language)),
        Column("channel", "choice", translate("Saluran", language), _labelled(CHANNELS, channels)),
        Column("point", "group", translate("Kode titik survei", language)),
        Column("instrument", "group", translate("Kuesioner dan versinya", language)),
    )


def _scores(instruments: Sequence[Instrument], language: str) -> tuple[Column, ...]:
    found = {}
    for instrument in instruments:
        for key, question in (instrument.questions | instrument.importance_questions).items():
            code, text = instrument.element_of(key).code, in_language(question.text, language)
            scores = enumerate(question.options_in(language), start=instrument.scale.low)
            values = tuple((str(score), option) for score, option in scores)
            found[key] = Column(key, "score", f"{code}. {text}", values)  # a later version speaks for all
    return tuple(found[key] for key in question_keys(instruments))


def _after(language: str) -> tuple[Column, ...]:
    sexes = {"L": translate("Laki-laki", language), "P": translate("Perempuan", language)}
    occupations = {
        "SWASTA": translate("Pegawai swasta", language),
        "WIRAUSAHA": translate("Wirausaha", language),
        "PELAJAR": translate("Pelajar atau mahasiswa", language),
        "PETANI": translate("Petani atau nelayan", language),
        "IRT": translate("Ibu rumah tangga", language),
        "LAINNYA": translate("Lainnya", language),
    }
    states = {"counted": translate("dihitung", language), "excluded": translate("dikeluarkan", language)}
    truths = {"true": translate("Ya", language), "false": translate("Tidak", language)}
    return (
        Column("sex", "choice", translate("Jenis kelamin", language), _labelled(SEXES, sexes)),
        Column("age", "whole", translate("Umur dalam tahun", language)),
        Column("education", "choice", translate("Pendidikan terakhir", language), _labelled(EDUCATIONS, {})),
        Column("occupation", "choice", translate("Pekerjaan", language), _labelled(OCCUPATIONS, occupations)),
        Column(
            "disability", "truth", translate("Penyandang disabilitas", language), _labelled(TRUTHS, truths)
        ),
        Column("seconds", "whole", translate("Lama mengisi dalam detik", language)),
        Column("state", "choice", translate("Keadaan", language), _labelled(STATES, states)),
        Column("flags", "group", translate("Tanda", language)),
    )


def _labelled(values: Sequence[str], labels: dict[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple((value, labels.get(value, value)) for value in values)
