"""The words of a push in the form each channel wants, cut to its limits. Pure.

What leaves the house says as little as will do: number, what for, when and where.
"""

from datetime import datetime
from typing import Any

from cases.hours import SHANGHAI

# The provider's limits in bytes: text 2048, card title 128, card description 512.
TEXT, TITLE, ABOUT = 2048, 128, 512
SMS = 140


def cut(words: str, most: int) -> str:
    """Words in at most so many bytes of UTF-8, never half a character.

    >>> cut("网格化", 8)
    '网…'
    """
    raw = words.encode()
    if len(raw) <= most:
        return words
    return raw[: most - 3].decode(errors="ignore") + "…"


def heading(payload: dict[str, Any]) -> str:
    """The first line: urgent, what, which case."""
    number = payload.get("case_number")
    parts = ["【紧急】" if payload.get("urgent") else "", str(payload.get("title") or "新消息")]
    return "".join(parts) + (f"（{_short(str(number))}）" if number else "")


def about(payload: dict[str, Any]) -> str:
    """What it says, when and where."""
    lines = [str(payload.get("text") or "")]
    if moment := _moment(payload.get("appointment_at")):
        lines.append(f"时间：{moment:%m月%d日 %H:%M}")
    if payload.get("place"):
        lines.append(f"地点：{payload['place']}")
    return "\n".join(line for line in lines if line)


def text(payload: dict[str, Any]) -> dict[str, Any]:
    """A plain text message."""
    content = cut(f"{heading(payload)}\n{about(payload)}".strip(), TEXT)
    return {"msgtype": "text", "text": {"content": content}}


def card(payload: dict[str, Any], link: str) -> dict[str, Any]:
    """A card that opens the case."""
    return {
        "msgtype": "textcard",
        "textcard": {
            "title": cut(heading(payload), TITLE),
            "description": cut(about(payload) or heading(payload), ABOUT),
            "url": link,
            "btntxt": "查看",
        },
    }


def button(payload: dict[str, Any], task_id: str) -> dict[str, Any]:
    """A card with one button, whose press comes back to us as the receipt."""
    return {
        "msgtype": "template_card",
        "template_card": {
            "card_type": "button_interaction",
            "main_title": {"title": cut(heading(payload), TITLE)},
            "sub_title_text": cut(about(payload), ABOUT),
            "task_id": task_id,
            "button_list": [{"text": "已收到", "style": 1, "key": "acknowledge"}],
        },
    }


def short(payload: dict[str, Any]) -> str:
    """A text message for a phone: no facts of the case, only that and where to look."""
    return cut(f"{heading(payload)}，请登录平台查看并确认收到。", SMS * 3)


def _short(number: str) -> str:
    # 20261124-0031 is shown as 1124-0031 everywhere on screen.
    return number[4:] if len(number) > 9 else number


def _moment(value: Any) -> datetime | None:
    if not isinstance(value, str):
        return None
    try:
        return datetime.fromisoformat(value).astimezone(SHANGHAI)
    except ValueError:
        return None
