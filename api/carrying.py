"""What every command on a case has in common: who, when, which version, once only.

`If-Match` or `version` in the body names the version that was looked at; who was slower hears 409
with the current one. An `Idempotency-Key` makes a command that is sent again the same command.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Header, Request, Response
from pydantic import TypeAdapter
from sqlalchemy import Connection

from api.deps import COOKIE, House, Now, connected, who_asks
from api.problems import BadLocation
from api.runtime import Runtime
from api.step_bodies import StepBody
from api.views import CaseView, case_view, eyes
from cases import commands as do
from cases import desk, repeats, scope
from cases.model import Case
from cases.people.account_errors import Unauthenticated
from cases.roles import Actor

_WHOLE: TypeAdapter[CaseView] = TypeAdapter(CaseView)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One command as it came in, before its transaction: who sends it is asked inside that."""

    request: Request
    house: Runtime
    now: datetime
    if_match: str | None
    key: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One command on its way: the transaction, who gives it and when."""

    tx: Connection
    house: Runtime
    who: Actor
    now: datetime

    def handle(self, key: str, command: do.Command, version: int | None) -> Case:
        """Give the command to the desk, for a case that is seen by who gives it."""
        return desk.handle(
            self.tx,
            self.house.office,
            self.id_of(key),
            command,
            actor=self.who,
            now=self.now,
            version=version,
            keys=scope.keys_of(self.who),
        )

    def id_of(self, key: str) -> UUID:
        """The case of an id or number; whether an id's case is to be seen the desk asks itself."""
        try:
            return UUID(key)
        except ValueError:
            return scope.seen_id(self.tx, key, self.who)


async def _asked(
    request: Request,
    house: House,
    now: Now,
    if_match: Annotated[
        str | None, Header(max_length=40, description='The version looked at: "7"')
    ] = None,
    idempotency_key: Annotated[
        str | None, Header(max_length=100, description="The same key is carried out once")
    ] = None,
) -> Asked:
    # Whoever brings nothing at all hears 401 before anything is said of the body.
    if not (request.headers.get("authorization") or request.cookies.get(COOKIE)):
        raise Unauthenticated
    return Asked(request=request, house=house, now=now, if_match=if_match, key=idempotency_key)


Calling = Annotated[Asked, Depends(_asked)]


def carried_out(
    asked: Asked, name: str, body: StepBody, act: Callable[[Call, int | None], Case]
) -> Response:
    """The answer to a command: the whole case after it, its version as ETag.

    Its transaction opens and closes in this one thread, before the answer is written, and the
    answer is not checked against its own schema again (a test does that).

    Args:
        asked: how it came in.
        name: the resource asked for, such as the case's key and the step's path.
        body: what it says.
        act: does it, given the version that was looked at.
    """
    headers = {}
    with connected(asked.house.engine) as tx:
        who = who_asks(asked.request, tx)
        call = Call(tx=tx, house=asked.house, who=who, now=asked.now)
        case, again = _once(call, asked, name, body, act)
        view = case_view(case, eyes(tx, [case], who, asked.now), whole=True)
    if again:
        headers["Idempotency-Replayed"] = "true"
    return Response(
        _WHOLE.dump_json(view, by_alias=True),
        headers={"ETag": etag(case), **headers},
        media_type="application/json",
    )


def _once(
    call: Call,
    asked: Asked,
    name: str,
    body: StepBody,
    act: Callable[[Call, int | None], Case],
) -> tuple[Case, bool]:
    version = _version(asked.if_match, body.version)
    if not asked.key:
        return act(call, version), False
    told = f"{name}\n{body.model_dump_json(exclude={'version'})}"
    digest = hashlib.sha256(told.encode()).hexdigest()
    sent = repeats.sending(call.who, asked.key, digest)
    before = repeats.done_before(call.tx, sent, call.now)
    if before is not None:
        return before, True
    case = act(call, version)
    repeats.remember(call.tx, sent, case, call.now)
    return case, False


def etag(case: Case) -> str:
    """A case's version as an entity tag."""
    return f'"{case.version}"'


def _version(if_match: str | None, told: int | None) -> int | None:
    """The version that was looked at.

    Raises:
        BadLocation: no version, or two.
    """
    if if_match is None or if_match.strip() == "*":
        return told
    number = if_match.strip().removeprefix("W/").strip('"')
    if not (number.isascii() and number.isdigit()) or len(number) > 9:
        raise BadLocation("BAD_INPUT", 'If-Match 应为案件的版本号，如 "7"')
    if told is not None and told != int(number):
        raise BadLocation("BAD_INPUT", "If-Match 与 version 不一致")
    return int(number)
