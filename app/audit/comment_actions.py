"""Deeds that concern what citizens wrote: reading, sorting, answering, handing over."""

from collections.abc import Mapping

from app.audit.wording import Action
from app.core.messages import translate


def comment_actions(language: str) -> Mapping[str, Action]:
    """Each by its code."""
    return {
        "comments.read": Action(
            translate("Komentar dibaca", language),
            translate("membaca komentar {unit}, periode {period}", language),
        ),
        "comment.read": Action(
            translate("Satu komentar dibuka", language),
            translate("membuka satu komentar di {unit}", language),
        ),
        "comment.state": Action(
            translate("Keadaan komentar diubah", language),
            translate("mengubah keadaan satu komentar di {unit}", language),
        ),
        "comment.topic": Action(
            translate("Topik komentar dipilih", language),
            translate("memilih topik satu komentar di {unit}", language),
        ),
        "comment.reply": Action(
            translate("Balasan komentar ditulis", language),
            translate("menulis atau mengubah balasan satu komentar di {unit}", language),
        ),
        "comment.covered": Action(
            translate("Teks komentar ditutupi", language),
            translate("menutupi {places} bagian sebuah komentar di {unit}", language),
        ),
        "comment.handover": Action(
            translate("Komentar diteruskan ke LAPOR!", language),
            translate("mencatat ke LAPOR! satu komentar {unit}", language),
        ),
        "topic.saved": Action(
            translate("Topik komentar disimpan", language),
            translate("menyimpan topik komentar {name} di {unit}", language),
        ),
        "topic.removed": Action(
            translate("Topik komentar dihapus", language),
            translate("menghapus topik komentar {name} di {unit}", language),
        ),
    }
