"""Chinese numerals as numbers, read as quantities (三百三十一) or sign by sign (三三幺). Pure."""

_DIGITS = {
    "零": 0, "〇": 0, "○": 0, "O": 0, "o": 0, "洞": 0, "一": 1, "幺": 1, "二": 2, "两": 2, "三": 3,
    "四": 4, "五": 5, "六": 6, "七": 7, "拐": 7, "八": 8, "九": 9,
}  # fmt: skip
_SCALES = {"十": 10, "百": 100, "千": 1000}
_LONGEST = 9


def number_of(run: str) -> int | None:
    """The number a run of numerals means, or None when it means none.

    >>> number_of("三百三十一"), number_of("三三幺"), number_of("十二"), number_of("廿三")
    (331, 331, 12, 23)
    >>> number_of("3O1"), number_of("百"), number_of("一百零五"), number_of("五百八")
    (301, None, 105, 580)
    """
    run = run.replace("廿", "二十")
    if not run or len(run) > _LONGEST:
        return None
    if any(sign in _SCALES for sign in run):
        return _quantity(run)
    digits = [_digit(sign) for sign in run]
    return None if None in digits else int("".join(str(one) for one in digits))


def _quantity(run: str) -> int | None:
    total, held, last, seen = 0, None, 0, False
    for sign in run:
        if sign in _SCALES:
            scale = _SCALES[sign]
            if held is None and not (scale == 10 and not seen):
                return None
            total += (1 if held is None else held) * scale
            held, last, seen = None, scale, True
            continue
        digit = _digit(sign)
        if digit is None or (held not in (None, 0)):
            return None
        if digit == 0:
            last = 0
        held = digit
    if held is None:
        return total
    # 五百八 is 580, 一百零五 is 105: a last digit counts the scale below, unless a zero was said.
    return total + held * (last // 10 if last > 10 else 1)


def _digit(sign: str) -> int | None:
    if sign.isascii() and sign.isdigit():
        return int(sign)
    return _DIGITS.get(sign)
