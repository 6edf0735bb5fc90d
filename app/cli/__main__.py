"""`python -m app.cli` is the same as `eskm`."""

from app.cli import main

main()
