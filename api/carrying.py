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

from fastapi import Depends, Header, Response

from api.deps import House, Now, Tx, Who
from api.problems import BadLocation
from api.runtime import Runtime
from api.step_bodies import StepBody
from api.views import CaseView, case_view, eyes
from cases import commands as do
from cases import desk, repeats
from cases.model import Case
from cases.roles import Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One command on its way: the transaction, who gives it and when, and its headers."""

    tx: Tx
    house: Runtime
    who: Actor
    now: datetime
    response: Response
    if_match: str | None
    key: str | None

    def handle(self, case_id: UUID, command: do.Command, version: int | None) -> Case:
        """Give the command to the desk."""
        return desk.handle(
            self.tx,
            self.house.office,
            case_id,
            command,
            actor=self.who,
            now=self.now,
            version=version,
        )


async def _call(
    tx: Tx,
    house: House,
    who: Who,
    now: Now,
    response: Response,
    if_match: Annotated[
        str | None, Header(max_length=40, description='The version looked at: "7"')
    ] = None,
    idempotency_key: Annotated[
        str | None, Header(max_length=100, description="The same key is carried out once")
    ] = None,
) -> Call:
    return Call(
        tx=tx, house=house, who=who, now=now, response=response, if_match=if_match,
        key=idempotency_key,
    )  # fmt: skip


Calling = Annotated[Call, Depends(_call)]


def carried_out(
    call: Call, name: str, body: StepBody, act: Callable[[int | None], Case]
) -> CaseView:
    """The answer to a command: the whole case after it, its version as ETag.

    Args:
        call: who asks, when, in which transaction.
        name: the resource asked for, such as the case's key and the step's path.
        body: what it says.
        act: does it, given the version that was looked at.
    """
    case = _once(call, name, body, act)
    call.response.headers["ETag"] = etag(case)
    return case_view(case, eyes(call.tx, [case], call.who, call.now), whole=True)


def _once(call: Call, name: str, body: StepBody, act: Callable[[int | None], Case]) -> Case:
    version = _version(call.if_match, body.version)
    if not call.key:
        return act(version)
    asked = f"{name}\n{body.model_dump_json(exclude={'version'})}"
    digest = hashlib.sha256(asked.encode()).hexdigest()
    sent = repeats.sending(call.who, call.key, digest)
    before = repeats.done_before(call.tx, sent, call.now)
    if before is not None:
        call.response.headers["Idempotency-Replayed"] = "true"
        return before
    case = act(version)
    repeats.remember(call.tx, sent, case, call.now)
    return case


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
