"""Roles in words, for pages."""

from app.auth.roles import Role
from app.core.messages import translate

NARROW_FIRST = (Role.VIEWER, Role.EVALUATOR, Role.OPERATOR, Role.UNIT_HEAD, Role.ADMIN)
"""The order in which one chooses a role."""


def role_name(role: Role, language: str) -> str:
    """What a role is called."""
    return {
        Role.ADMIN: translate("Administrator", language),
        Role.UNIT_HEAD: translate("Kepala unit", language),
        Role.OPERATOR: translate("Operator", language),
        Role.EVALUATOR: translate("Evaluator", language),
        Role.VIEWER: translate("Pembaca hasil", language),
    }[role]


def role_help(role: Role, language: str) -> str:
    """What a role may do, in half a sentence."""
    return {
        Role.ADMIN: translate("mengatur unit, titik, pengguna, dan token; membaca semua hasil", language),
        Role.UNIT_HEAD: translate("membaca dan mengunduh hasil unitnya", language),
        Role.OPERATOR: translate("menjalankan titik survei dan kios; tidak membaca hasil", language),
        Role.EVALUATOR: translate("membaca dan mengunduh hasil semua unit di bawahnya", language),
        Role.VIEWER: translate("membaca hasil, tanpa unduhan jawaban", language),
    }[role]
