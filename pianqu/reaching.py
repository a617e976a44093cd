"""How the holders of a post can be reached now: from the roster and the operator's numbers."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection

from cases.channels.choosing import Reach
from cases.people import roster


def reaching(
    book: Mapping[str, str],
) -> Callable[[Connection, str, datetime], Sequence[Reach]]:
    """Make the look-up; stand-ins (代岗) are holders like any other."""

    def reaches(conn: Connection, post: str, at: datetime) -> Sequence[Reach]:
        return tuple(
            Reach(
                staff_id=holder.staff_id,
                wecom_id=holder.wecom_id,
                phone=book.get(holder.staff_id),
            )
            for holder in roster.holders(conn, post, at)
        )

    return reaches
