"""The callback of 政务微信: a machine's door without an account; the signature is the key.

It brings receipts: the press of a card's button is 已收到. Everything else it tells is noted.
"""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import PlainTextResponse

from api.deps import connected, runtime
from api.problems import NotFound
from api.runtime import Runtime
from cases import receipts
from cases.channels.wecom_crypto import Seal, fields, opened

router = APIRouter(prefix="/v1", tags=["telling people"])

Word = Annotated[str, Query(max_length=200)]


@router.get("/wecom/callback", include_in_schema=False)
async def prove(
    request: Request, msg_signature: Word, timestamp: Word, nonce: Word, echostr: Word
) -> PlainTextResponse:
    """Set-up: WeCom sends a sealed text and wants it back in plain."""
    house = runtime(request)
    query = {"msg_signature": msg_signature, "timestamp": timestamp, "nonce": nonce}
    plain = opened(_seal(house), query, echostr, house.now())
    return PlainTextResponse(plain.decode("utf-8", "replace"))


@router.post("/wecom/callback", include_in_schema=False)
async def told(
    request: Request, msg_signature: Word, timestamp: Word, nonce: Word
) -> PlainTextResponse:
    """An event, sealed; told twice it counts once. An empty answer is what WeCom expects."""
    house = runtime(request)
    query = {"msg_signature": msg_signature, "timestamp": timestamp, "nonce": nonce}
    body = await request.body()
    await run_in_threadpool(_take, house, query, body)
    return PlainTextResponse("")


def _take(house: Runtime, query: dict[str, str], body: bytes) -> None:
    now = house.now()
    seal = _seal(house)
    event = fields(opened(seal, query, fields(body).get("Encrypt", ""), now))
    with connected(house.engine) as tx:
        receipts.take(
            tx,
            signature=query["msg_signature"],
            event=event.get("Event") or event.get("MsgType") or "",
            from_user=event.get("FromUserName"),
            mail_id=_mail_id(event.get("TaskId")),
            now=now,
        )


def _seal(house: Runtime) -> Seal:
    if house.wecom is None:
        raise NotFound("没有设置政务微信回调")
    return house.wecom


def _mail_id(task_id: str | None) -> UUID | None:
    # The courier adds a moment, since a task id may be used once only.
    try:
        return UUID((task_id or "").partition("@")[0])
    except ValueError:
        return None
