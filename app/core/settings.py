"""Settings: environment variables with the prefix ESKM_, read once and passed on."""

from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Annotated

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from app.core.places import SURVEYS


class Settings(BaseSettings):
    """What an installation decides. Every field is `ESKM_<NAME>` in the environment; see docs/settings.md."""

    model_config = SettingsConfigDict(env_prefix="ESKM_", env_ignore_empty=True, frozen=True, extra="ignore")

    database_url: str = "sqlite:///var/eskm.db"
    surveys_dir: Path = SURVEYS
    public_url: str = "http://127.0.0.1:8000"
    secret_key_file: Path = Path("var/secret.key")
    threads: Annotated[int, Field(ge=1, le=200)] = 8
    queue_limit: Annotated[int, Field(ge=500)] = 5000  # a kiosk's batch must fit
    batch_limit: Annotated[int, Field(ge=1, le=2000)] = 500
    statement_timeout_seconds: Annotated[int, Field(ge=1)] = 30
    files_url: str = "var/files"
    chores_seconds: Annotated[int, Field(ge=0, le=3600)] = 20
    webhooks_private: bool = False
    upload_megabytes: Annotated[int, Field(ge=1, le=50)] = 10
    exports_dir: Path | None = None
    exports_hours: Annotated[int, Field(ge=1, le=24 * 30)] = 72
    log_level: str = "INFO"

    answers_per_minute: Annotated[int, Field(ge=0)] = 60
    answers_at_once: Annotated[int, Field(ge=1)] = 240
    keep_comments_months: Annotated[int, Field(ge=0)] = 24
    keep_profile_months: Annotated[int, Field(ge=0)] = 60
    keep_traces_months: Annotated[int, Field(ge=0)] = 12
    logo_file: Path | None = None
    report_layout_file: Path | None = None
    allowed_hosts: Annotated[tuple[str, ...], NoDecode] = ()
    trusted_proxies: Annotated[tuple[IPv4Network | IPv6Network, ...], NoDecode] = ()
    session_idle_minutes: Annotated[int, Field(ge=5, le=24 * 60)] = 60
    session_hours: Annotated[int, Field(ge=1, le=24 * 7)] = 12
    admin_second_factor: bool = False
    smtp_url: SecretStr | None = None
    mail_from: str | None = None
    oidc_issuer: str | None = None
    oidc_client_id: str | None = None
    oidc_client_secret_file: Path | None = None
    oidc_name: str = "akun pemerintah daerah"

    @field_validator("database_url")
    @classmethod
    def _psycopg(cls, url: str) -> str:
        """`postgres://` and `postgresql://` mean PostgreSQL through psycopg 3."""
        for scheme in ("postgres://", "postgresql://"):
            if url.startswith(scheme):
                return "postgresql+psycopg://" + url.removeprefix(scheme)
        if not url.startswith(("sqlite:", "postgresql+psycopg:")):
            raise ValueError("ESKM_DATABASE_URL: sqlite:///… atau postgresql://…")
        return url

    @field_validator("files_url")
    @classmethod
    def _folder_or_bucket(cls, url: str) -> str:
        """A folder, as a path or as `file:///path`, or a bucket."""
        if "://" in url and not url.startswith(("s3://", "file:///")):
            raise ValueError("ESKM_FILES_URL: folder, file:///… atau s3://ember/awalan")
        return url.rstrip("/")

    @field_validator("public_url")
    @classmethod
    def _no_slash(cls, url: str) -> str:
        return url.rstrip("/")

    @field_validator("allowed_hosts", "trusted_proxies", mode="before")
    @classmethod
    def _listed(cls, value: object) -> object:
        """Several values stand in one variable with commas between them."""
        return (
            [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value
        )

    @property
    def is_production(self) -> bool:
        """Whether people reach the service through TLS: then cookies, hosts and demonstration data are strict."""
        return self.public_url.startswith("https://")

    @property
    def is_sqlite(self) -> bool:
        """Whether the database is the embedded one."""
        return self.database_url.startswith("sqlite")
