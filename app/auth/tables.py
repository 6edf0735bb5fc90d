"""People, their roles and sessions, and API tokens. Of every secret only a hash is stored, or it is encrypted."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, Column, Index, LargeBinary, UniqueConstraint
from sqlmodel import Field

from app.auth.roles import ROLES
from app.core.tables import Table, one_of

STAGES = ("full", "factor", "enrol")
PURPOSES = ("invite", "reset")


class User(Table, table=True):
    """A member of staff. `name` and `email` are stored in lower case; either serves to sign in.

    `unit_id` is where the person belongs: who administers that unit administers the account.
    """

    __tablename__ = "user_account"
    __table_args__ = (UniqueConstraint("oidc_issuer", "oidc_subject"),)

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(unique=True)
    email: str | None = Field(default=None, unique=True)
    full_name: str
    unit_id: int = Field(foreign_key="unit.id", index=True)
    password_hash: str | None = None
    password_changed_at: datetime | None = None
    totp_secret: bytes | None = Field(default=None, sa_column=Column(LargeBinary, nullable=True))
    totp_confirmed_at: datetime | None = None
    totp_last_step: int | None = Field(default=None, sa_column=Column(BigInteger, nullable=True))
    oidc_issuer: str | None = None
    oidc_subject: str | None = None
    active: bool = True
    demo: bool = False
    created_at: datetime
    last_sign_in_at: datetime | None = None


class Grant(Table, table=True):
    """A role of a user on a unit and all below it."""

    __tablename__ = "role_grant"
    __table_args__ = (
        CheckConstraint(one_of("role", ROLES), name="role"),
        UniqueConstraint("user_id", "role", "unit_id"),
    )

    id: int | None = Field(default=None, primary_key=True)
    user_id: int = Field(foreign_key="user_account.id")
    role: str
    unit_id: int = Field(foreign_key="unit.id", index=True)
    created_at: datetime


class LoginSession(Table, table=True):
    """A browser in which somebody signed in.

    `stage`: `factor` waits for the second factor, `enrol` may do nothing but set one up, `full` may act.
    `network` is a keyed hash of the address's prefix, `device` a short description for its owner.
    """

    __tablename__ = "login_session"
    __table_args__ = (
        CheckConstraint(one_of("stage", STAGES), name="stage"),
        Index("ix_login_session_user_id_network", "user_id", "network"),
    )

    id: int | None = Field(default=None, primary_key=True)
    user_id: int = Field(foreign_key="user_account.id")
    token_hash: str = Field(unique=True)
    stage: str
    created_at: datetime
    last_seen_at: datetime
    expires_at: datetime
    ended_at: datetime | None = None
    device: str
    network: str


class RecoveryCode(Table, table=True):
    """A code that stands in for the second factor, once."""

    __tablename__ = "recovery_code"

    id: int | None = Field(default=None, primary_key=True)
    user_id: int = Field(foreign_key="user_account.id", index=True)
    code_hash: str
    used_at: datetime | None = None


class AccountLink(Table, table=True):
    """A link by which somebody sets a password, once: an invitation, or a reset handed over by an administrator."""

    __tablename__ = "account_link"
    __table_args__ = (CheckConstraint(one_of("purpose", PURPOSES), name="purpose"),)

    id: int | None = Field(default=None, primary_key=True)
    user_id: int = Field(foreign_key="user_account.id", index=True)
    purpose: str
    token_hash: str = Field(unique=True)
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None = None


class SignInFailure(Table, table=True):
    """A refused attempt. `account` and `network` are keyed hashes: neither can be read back."""

    __tablename__ = "sign_in_failure"
    __table_args__ = (
        Index("ix_sign_in_failure_account_at", "account", "at"),
        Index("ix_sign_in_failure_network_at", "network", "at"),
    )

    id: int | None = Field(default=None, primary_key=True)
    account: str
    network: str
    at: datetime


class SingleSignOn(Table, table=True):
    """A sign-in that is on its way through the identity provider (OpenID Connect)."""

    __tablename__ = "single_sign_on"

    state_hash: str = Field(primary_key=True)
    nonce: str
    verifier: str
    onward: str
    created_at: datetime


class ApiToken(Table, table=True):
    """A key for a program: one role on one unit and all below it. It dies with its owner's right to it."""

    __tablename__ = "api_token"
    __table_args__ = (CheckConstraint(one_of("role", ROLES), name="role"),)

    id: int | None = Field(default=None, primary_key=True)
    name: str
    token_hash: str = Field(unique=True)
    role: str
    unit_id: int = Field(foreign_key="unit.id", index=True)
    user_id: int | None = Field(default=None, foreign_key="user_account.id", index=True)
    created_at: datetime
    expires_at: datetime | None = None
    last_used_at: datetime | None = None
    revoked_at: datetime | None = None
