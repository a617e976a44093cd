"""A client of 政务微信 / 企业微信: token cache, message/send, the group robot.

The paths are the public contract's; a private installation keeps them on a host and port of its
own, so the base address, the CA bundle and the proxy are settings.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import orjson

from cases.channels.exchange import DeliveryFailed, Line, Request, exchange, json_answer

MOST_USERS = 1000
# Fetched anew this long before it ends, so that no message travels with a token that dies on it.
EARLY = timedelta(minutes=5)
BAD_TOKEN = frozenset({40014, 41001, 42001})
NOBODY = frozenset({40003, 60111, 81013})
TOO_OFTEN = frozenset({45009, 45033, 45047})
ROBOT_LIMIT, ROBOT_SPAN = 20, timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Our application at the provider's."""

    base_url: str
    corp_id: str
    agent_id: int
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """What the provider says of one message: its number and whom it could not reach."""

    provider_id: str | None
    unreached: tuple[str, ...] = ()


class WeCom:
    """One application's messages; keeps its access token in memory and tells it nobody."""

    def __init__(self, account: Account, line: Line, now: Callable[[], datetime]) -> None:
        self._account, self._line, self._now = account, line, now
        self._token: str | None = None
        self._until: datetime | None = None

    def send(self, users: Sequence[str], message: dict[str, Any]) -> Sent:
        """Send one message to users, at most a thousand a call.

        Args:
            users: the provider's user ids.
            message: `msgtype` and its part, such as `cases.channels.letters` makes.

        Raises:
            DeliveryFailed: nobody was reached; a part that was not is in the answer.
        """
        parts = [self._send(users[i : i + MOST_USERS], message)
                 for i in range(0, len(users), MOST_USERS)]  # fmt: skip
        unreached = tuple(user for part in parts for user in part.unreached)
        if not parts or len(unreached) >= len(users):
            raise DeliveryFailed("政务微信中没有接收人：" + "、".join(unreached), final=True)
        return Sent(provider_id=parts[-1].provider_id, unreached=unreached)

    def _send(self, users: Sequence[str], message: dict[str, Any]) -> Sent:
        body = {
            "touser": "|".join(users),
            "agentid": self._account.agent_id,
            # We send at least once; the provider drops the second copy of the same text.
            "enable_duplicate_check": 1,
            "duplicate_check_interval": 1800,
            **message,
        }
        answer = self._call("message/send", body)
        code = answer.get("errcode", 0)
        if code in NOBODY:
            return Sent(provider_id=None, unreached=tuple(users))
        _check(answer)
        # errcode 0 does not mean everybody: those left out are only named (partial failure).
        named = f"{answer.get('invaliduser') or ''}|{answer.get('unlicenseduser') or ''}"
        # The provider gives ids back in lower case, so they are compared without regard to it.
        missing = {name.lower() for name in named.split("|") if name}
        unreached = tuple(user for user in users if user.lower() in missing)
        return Sent(provider_id=answer.get("msgid"), unreached=unreached)

    def _call(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        answer = self._post(path, body)
        if answer.get("errcode") in BAD_TOKEN:
            # The token was taken back before its time: once anew, and no second time.
            self._token = None
            answer = self._post(path, body)
        return answer

    def _post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        request = Request(
            method="POST",
            url=self._url(path),
            params={"access_token": self._access_token()},
            body=orjson.dumps(body),
            headers={"Content-Type": "application/json"},
        )
        return json_answer(*exchange(self._line, request))

    def _access_token(self) -> str:
        if self._token and self._until and self._now() < self._until:
            return self._token
        params = {"corpid": self._account.corp_id, "corpsecret": self._account.secret}
        request = Request(method="GET", url=self._url("gettoken"), params=params)
        answer = json_answer(*exchange(self._line, request))
        _check(answer)
        token, lives = answer.get("access_token"), answer.get("expires_in")
        if not isinstance(token, str) or not isinstance(lives, int):
            raise DeliveryFailed("gettoken gave no token")
        span = timedelta(seconds=lives)
        self._token, self._until = token, self._now() + max(span - EARLY, span / 2)
        return token

    def _url(self, path: str) -> str:
        return f"{self._account.base_url.rstrip('/')}/cgi-bin/{path}"


class Robot:
    """A group's robot: 20 messages a minute, counted here before the provider counts them."""

    def __init__(self, url: str, line: Line, now: Callable[[], datetime]) -> None:
        self._url, self._line, self._now = url, line, now
        self._sent: list[datetime] = []

    def say(self, text: str) -> None:
        """Say a line to the group.

        Raises:
            DeliveryFailed: not now (with the pause), or not at all.
        """
        at = self._now()
        self._sent = [moment for moment in self._sent if moment > at - ROBOT_SPAN]
        if len(self._sent) >= ROBOT_LIMIT:
            wait = (self._sent[0] + ROBOT_SPAN - at).total_seconds()
            raise DeliveryFailed("群机器人每分钟至多20条", pause_s=max(wait, 1))
        body = orjson.dumps({"msgtype": "text", "text": {"content": text}})
        headers = {"Content-Type": "application/json"}
        request = Request(method="POST", url=self._url, body=body, headers=headers)
        self._sent.append(at)
        _check(json_answer(*exchange(self._line, request)))


def _check(answer: dict[str, Any]) -> None:
    """Any errcode but 0 is a failure; the text is for the delivery screen."""
    code = answer.get("errcode", 0)
    if code == 0:
        return
    words = f"errcode {code}"
    if code in TOO_OFTEN:
        raise DeliveryFailed(f"{words}: too often", pause_s=ROBOT_SPAN.total_seconds())
    # The provider's own text may quote our request, so only its number is kept.
    raise DeliveryFailed(words)
