"""Whose place a clause speaks of: the caller's home is not the incident. Pure.

Rules of `geocoding.md` 3.2: a cue holds until the next cue or the end of the sentence; what was
said before "不对" or behind "不是" is taken back.
"""

import re
from dataclasses import dataclass

__all__ = ["Cues", "cues_of"]

_CALLER = (
    r"(?:本人|我们?|自己|来电人|市民|投诉人|诉求人|当事人|老伴|父母|母亲|父亲|儿子|女儿)?"
    r"(?:家|现|目前|平时|就|一直)?(?:居住|住址|家住|住)(?:地址)?(?:在|于|是|为|:)?"
    r"|家(?:在|是)|户籍(?:地址|地|在)?(?:是|为|:)?|(?:联系|通讯|通信|邮寄|身份证)地址(?:是|为|:)?"
    r"|我是(?=[^,。;!?\n]{2,20}(?:居民|业主|住户|租户|村民))"
)
_INCIDENT = (
    r"反映|反应|投诉|举报|发现|看到|看见|位于|事发地?(?:点|址)?(?:是|为|在|:)?|地[点址](?:是|为|在|:)"
    r"|(?<![住正现存所内处])在(?!住|建|家|职|此|于)|路过|经过|途经|走到|路由|诉求|报修|目睹|(?<![职自简名统俗])称(?![呼为职重])"
)
_CUE = re.compile(rf"(?P<caller>{_CALLER})|(?P<incident>{_INCIDENT})")
_SENTENCE_END = re.compile(r"[。;；!！?？\n]")
_TAKEN_BACK = re.compile(
    r"不对|说错|讲错|错了|弄错|更正|记错|(?<=[,，。])(?:哦|喔|啊|嗯|噢)?,?不是?(?=,)"
)
_NOT = re.compile(r"(?<!是)(?:并)?不是(?:在)?")


@dataclass(frozen=True, slots=True)
class Cues:
    """The cues of a normal text."""

    roles: tuple[tuple[int, str], ...]
    ends: tuple[int, ...]
    taken_back: tuple[int, ...]
    nots: tuple[int, ...]

    def role_at(self, at: int) -> str:
        """`caller` or `incident` for what stands at a place of the text."""
        begin = max((end for end in self.ends if end <= at), default=0)
        role = "incident"
        for where, kind in self.roles:
            if where > at:
                break
            if where > begin or begin == 0:
                role = kind
        return role

    def is_taken_back(self, start: int, end: int, next_start: int | None) -> bool:
        """Whether a place said at [start, end) is corrected by what follows."""
        if next_start is None:
            return False
        if any(end <= at <= end + 12 and at < next_start <= at + 14 for at in self.taken_back):
            return True
        return any(at <= start <= at + 2 for at in self.nots)


def cues_of(text: str) -> Cues:
    """Find them; positions are of the cue's end."""
    roles = tuple(
        (match.end(), "caller" if match.group("caller") else "incident")
        for match in _CUE.finditer(text)
    )
    return Cues(
        roles=roles,
        ends=tuple(match.end() for match in _SENTENCE_END.finditer(text)),
        taken_back=tuple(match.start() for match in _TAKEN_BACK.finditer(text)),
        nots=tuple(match.end() for match in _NOT.finditer(text)),
    )
