"""The application for a server: `uvicorn app.main:app`."""

from app.core.settings import Settings
from app.factory import create_app

app = create_app(Settings())
