"""The short forms in which people are shown: 王**, 138****1234. Pure."""

__all__ = ["masked_name", "masked_phone"]

_COMPOUND = frozenset(
    {"欧阳", "上官", "司马", "诸葛", "皇甫", "尉迟", "公孙", "慕容", "令狐", "司徒", "夏侯"}
)


def masked_name(name: str | None) -> str | None:
    """A name as its surname alone; always two stars, so that its length says nothing.

    >>> masked_name("王建国"), masked_name("欧阳锋"), masked_name("Li Wei"), masked_name(None)
    ('王**', '欧阳**', 'L**', None)
    """
    bare = (name or "").strip()
    if not bare:
        return None
    surname = bare[:2] if bare[:2] in _COMPOUND and len(bare) > 2 else bare[0]
    return f"{surname}**"


def masked_phone(phone: str | None) -> str | None:
    """A number as its beginning and its last four digits, and less where it is short.

    >>> masked_phone("13800131234"), masked_phone("+86 138-0013-1234"), masked_phone("021-59530000")
    ('138****1234', '138****1234', '021****0000')
    >>> masked_phone("59530000"), masked_phone("12345")
    ('****0000', '****')
    """
    digits = "".join(sign for sign in phone or "" if sign.isdigit())
    if not phone or not phone.strip():
        return None
    if len(digits) == 13 and digits.startswith("86"):
        digits = digits[2:]
    if len(digits) >= 11:
        return f"{digits[:3]}****{digits[-4:]}"
    return f"****{digits[-4:]}" if len(digits) >= 7 else "****"
