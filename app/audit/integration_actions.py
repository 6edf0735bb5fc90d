"""Deeds that concern other systems: who is told of what."""

from collections.abc import Mapping

from app.audit.wording import Action
from app.core.messages import translate


def integration_actions(language: str) -> Mapping[str, Action]:
    """Each by its code."""
    return {
        "webhook.added": Action(
            translate("Penerima pemberitahuan dibuat", language),
            translate("membuat penerima pemberitahuan {name} di {unit}", language),
        ),
        "webhook.changed": Action(
            translate("Penerima pemberitahuan diubah", language),
            translate("mengubah penerima pemberitahuan {name} di {unit}", language),
        ),
        "webhook.removed": Action(
            translate("Penerima pemberitahuan dihapus", language),
            translate("menghapus penerima pemberitahuan {name} di {unit}", language),
        ),
        "webhook.tried": Action(
            translate("Penerima pemberitahuan dicoba", language),
            translate("mengirim pesan percobaan ke {name}", language),
        ),
        "webhook.resent": Action(
            translate("Pemberitahuan dikirim ulang", language),
            translate("mengirim ulang pemberitahuan {event} ke {name}", language),
        ),
        "webhook.paused": Action(
            translate("Penerima pemberitahuan dihentikan", language),
            translate("menghentikan penerima {name}: {reason}", language),
        ),
    }
