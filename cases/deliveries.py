"""Who may see how messages stand, and who may send one again."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, text

from cases.errors import NotPermitted, NotYourPost, RefusalNotFound
from cases.roles import Actor, label
from store import outbox
from store.outbox import Message, Overtaken

# The whole house; a desk has the messages of its own cases, anybody those to the own post.
EVERYTHING = frozenset({"street-centre", "admin"})
OF_DESK = frozenset({"coordinator", "deputy", "head"})
MAY_RETRY = EVERYTHING | {"coordinator"}

_SEEN = text("""
    SELECT m.id FROM outbox m
    WHERE (CAST(:status AS text) IS NULL OR m.status = :status)
      AND (CAST(:recipient AS text) IS NULL OR m.recipient = :recipient)
      AND (:all OR m.recipient = :post OR (CAST(:desk AS text) IS NOT NULL AND (
        m.recipient LIKE '%-' || :desk || '%' OR m.subject IN
        (SELECT c.id::text FROM case_now c WHERE c.desk = :desk
         UNION SELECT r.case_id::text FROM refusal r WHERE r.desk = :desk))))
    ORDER BY m.created_at DESC, m.seq DESC LIMIT :limit""")


def seen_by(
    conn: Connection,
    who: Actor,
    *,
    status: str | None = None,
    recipient: str | None = None,
    limit: int = 200,
) -> tuple[Message, ...]:
    """The newest messages a post may see."""
    ids = conn.execute(
        _SEEN,
        {
            "status": status,
            "recipient": recipient,
            "all": who.role in EVERYTHING,
            "post": who.post,
            "desk": who.desk if who.role in OF_DESK else None,
            "limit": limit,
        },
    ).scalars()
    return outbox.some(conn, list(ids))


def send_again(conn: Connection, who: Actor, id: UUID, now: datetime) -> None:
    """重发: put a dead or waiting message at the front again.

    Raises:
        NotYourPost: another post does this.
        RefusalNotFound: there is none to send, or none this post may see.
        NotPermitted: the receiver has a later message about the same case already.
    """
    if who.role not in MAY_RETRY:
        raise NotYourPost(
            f"重发由街道城运中心、协调指挥员、系统管理员办理，当前岗位是{label(who.post)}"
        )
    message = outbox.one(conn, id)
    if message is None or not (who.role in EVERYTHING or _of_desk(conn, who, message)):
        raise RefusalNotFound("没有待发送的这条消息")
    try:
        if not outbox.retry(conn, id, now):
            raise RefusalNotFound("没有待发送的这条消息")
    except Overtaken as error:
        words = "街道系统已收到这个案件更晚的消息，重发会弄乱先后，请电话说明"
        raise NotPermitted(words) from error


def _of_desk(conn: Connection, who: Actor, message: Message) -> bool:
    if who.desk is None:
        return False
    if message.recipient and f"-{who.desk}" in message.recipient:
        return True
    found = conn.execute(
        text(
            "SELECT 1 FROM case_now WHERE id::text = :subject AND desk = :desk UNION ALL"
            " SELECT 1 FROM refusal WHERE case_id::text = :subject AND desk = :desk"
        ),
        {"subject": message.subject, "desk": who.desk},
    ).first()
    return found is not None


def words(message: Message) -> str:
    """How a message stands, in the words of the screen (送达情况)."""
    if message.read_at is not None:
        return "已读"
    if message.status == "pending":
        return "未送达（重试中）" if message.attempts else "待发送"
    return {"delivered": "已送达", "dead": "未送达（需人工）"}[message.status]
