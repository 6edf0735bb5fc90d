"""Who may read what citizens wrote, and who may deal with it.

Raw comments may be about private matters: whoever only reads results (VIEWER) gets counts, topics and published
replies, never the words. An operator runs points and reads nothing.
"""

from typing import Annotated

from fastapi import Depends

from app.auth.guards import staff
from app.auth.principal import Principal
from app.auth.roles import EXPORTS_RAW, Role

DEALS = frozenset({Role.ADMIN, Role.UNIT_HEAD})

CommentReader = Annotated[Principal, Depends(staff(EXPORTS_RAW))]
CommentDealer = Annotated[Principal, Depends(staff(DEALS))]
