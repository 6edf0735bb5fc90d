"""What can be wrong with a change of a comment."""

from app.core.errors import DomainError, NotFound


class CommentGone(NotFound):
    """The comment was erased, or its answer was left out of the count: inside one's units one may know."""

    code = "comment_gone"
    message = (
        "Komentar ini sudah tidak ada: masa simpannya lewat, dihapus atas permintaan, "
        "atau jawabannya dikeluarkan."
    )


class CommentChanged(DomainError):
    """Somebody else was quicker; nothing was changed."""

    status = 409
    code = "comment_changed"
    message = "Komentar ini baru saja diubah orang lain. Lihat yang berubah, lalu ulangi."
