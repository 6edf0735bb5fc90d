"""Deeds about plans of surveys, and about results from before this service was used."""

from collections.abc import Mapping

from app.audit.wording import Action
from app.core.messages import translate


def plan_actions(language: str) -> Mapping[str, Action]:
    """Each by its code."""
    return {
        "plan.added": Action(
            translate("Rencana survei dibuat", language),
            translate("membuat rencana survei {unit}, periode {period}", language),
        ),
        "plan.changed": Action(
            translate("Rencana survei diubah", language),
            translate("mengubah rencana survei {unit}, periode {period}", language),
        ),
        "plan.removed": Action(
            translate("Rencana survei dihapus", language),
            translate("menghapus rencana survei {unit}, periode {period}", language),
        ),
        "plan.reminded": Action(
            translate("Target survei diingatkan", language),
            translate("mengingatkan {recipients} orang tentang target survei {unit}", language),
        ),
        "history.imported": Action(
            translate("Riwayat hasil diimpor", language),
            translate("mengimpor {added} baris riwayat {unit} dan mengubah {changed}", language),
        ),
        "history.removed": Action(
            translate("Riwayat hasil dihapus", language),
            translate("menghapus riwayat {unit}, periode {period}", language),
        ),
    }
