"""Settings: environment variables with the prefix ESKM_, read once and passed on."""

from pathlib import Path
from typing import Annotated

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

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
    log_level: str = "INFO"

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

    @field_validator("public_url")
    @classmethod
    def _no_slash(cls, url: str) -> str:
        return url.rstrip("/")

    @property
    def is_sqlite(self) -> bool:
        """Whether the database is the embedded one."""
        return self.database_url.startswith("sqlite")
