"""What happens to an address between a mouth and a work order: the operators of `geocoding.md` 4.

A row gets k = 0 … 3 of them: in a random order each fires with its own chance until k have. An
operator returns False where it does not apply. It may turn the truth into `confirm`, or exclude
the row where the words now mean something else as well.
"""

import re
from functools import lru_cache
from itertools import pairwise

from benchmarks.geocoding import naming
from benchmarks.geocoding.templates import Piece

NAMES = ("road", "name", "a", "b")
_DROPPED = ("新村", "花园", "小区", "公寓", "家园", "花苑", "名苑", "雅苑")
_NUMERALS = "零一二三四五六七八九"


def drop_admin(draft, world, chance):
    del world, chance
    found = draft.roles("admin")
    for piece, after in pairwise(draft.pieces):
        if piece in found and after.role == "literal":
            after.text = after.text.lstrip("，的")
    for piece in found:
        piece.text = ""
    return bool(found)


def drop_suffix(draft, world, chance):
    """爱里舍 for 爱里舍花园."""
    del chance
    for piece in draft.roles("name"):
        for end in _DROPPED:
            stem = piece.text.removesuffix(end)
            if stem != piece.text and len(stem) >= 2 and not piece.changed:
                piece.text, piece.changed = stem, "drop_suffix"
                others = [
                    n for n, ids in world.names.items()
                    if n.startswith(stem) and ids != {draft.entity.needs}
                ]  # fmt: skip
                if others:
                    draft.excluded = "without its ending the name is another's beginning"
                elif len(stem) < 3 and not draft.roles("plate"):
                    draft.excluded = "without its ending only two characters are left"
                return True
    return False


def alias(draft, world, chance):
    for piece in draft.roles("name"):
        names = draft.entity.slots.get("aliases", ())
        if names and not piece.changed and piece.text == draft.entity.slots.get("name"):
            piece.text, piece.changed = chance.choice(names), "alias"
            if len(world.names.get(piece.text, ())) > 1:
                draft.excluded = "two places have this further name"
            return True
    return False


def homophone(draft, world, chance):
    return _misheard(draft, world, chance, "homophone", naming.homophones, naming.sound)


def accent(draft, world, chance):
    return _misheard(draft, world, chance, "accent", naming.accents, naming.accent)


def visual(draft, world, chance):
    def alike(character):
        return (naming.LOOK_ALIKES[character],) if character in naming.LOOK_ALIKES else ()

    return _misheard(draft, world, chance, "visual", alike, lambda text: text)


def _misheard(draft, world, chance, operator, choices, key):
    """Change one character of one name, not its last one; a name is changed once at most."""
    spots = [
        (piece, at)
        for piece in draft.roles(*NAMES)
        if not piece.changed
        for at in range(min(len(piece.text) - 1, 4))
        if "一" <= piece.text[at] <= "鿿" and choices(piece.text[at])
    ]
    if not spots:
        return False
    piece, at = chance.choice(spots)
    before = piece.text
    piece.text = before[:at] + chance.choice(choices(before[at])) + before[at + 1 :]
    piece.changed = operator
    if _is_anothers(piece.text, before, world, key):
        draft.excluded = f"{operator}: the name is now another's, or sounds like it"
    return True


def _is_anothers(now, before, world, key):
    mine = world.names.get(before, set())
    if world.names.get(now, mine) - mine:
        return True
    for which in {naming.sound, naming.accent, key}:
        if _keyed(world.name, which)[which(now)] - mine:
            return True
    return any(len(name) >= 3 and name in now for name in world.names if name not in before)


_KEYED: dict = {}
_WORLDS: dict = {}


def know(world):
    """Remember the world's names by their sounds."""
    _WORLDS[world.name] = world


def _keyed(name, key):
    table = _KEYED.get((name, key))
    if table is None:
        table = _Sets()
        for text, ids in _WORLDS[name].names.items():
            table.setdefault(key(text), set()).update(ids)
        _KEYED[name, key] = table
    return table


class _Sets(dict):
    def __missing__(self, key):
        return set()


def numerals(draft, world, chance):
    """五百零五弄 or 五零五弄 for 505弄."""
    del world
    # Nobody writes 一百m.
    after = {id(p): q.text for p, q in pairwise(draft.pieces)}
    spots = [
        p
        for p in draft.roles("plate", "building", "metres")
        if re.search(r"\d", p.text) and not after.get(id(p), "").startswith("m")
    ]
    if not spots:
        return False
    piece = chance.choice(spots)
    digitwise = chance.random() < 0.4 and piece.role != "metres"
    piece.text = re.sub(
        r"\d+", lambda m: spelled(m[0]) if digitwise else counted(int(m[0])), piece.text
    )
    return True


def spoken(draft, world, chance):
    """幺 for 1 and 两 for 2, as digits are said over the telephone."""
    del world, chance
    spots = [p for p in draft.roles("plate") if re.search(r"\d{2,}", p.text)]
    if not spots:
        return False
    spots[0].text = re.sub(r"\d+", lambda m: spelled(m[0]).replace("一", "幺"), spots[0].text)
    return True


def spelled(digits):
    return "".join(_NUMERALS[int(d)] for d in digits)


def counted(number):
    """505 as 五百零五; below 10,000."""
    if number == 0:
        return "零"
    out, gap = "", False
    for unit, word in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = number // unit % 10
        if digit:
            out += ("零" if gap and out else "") + _NUMERALS[digit] + word
            gap = False
        else:
            gap = True
    return out.removeprefix("一") if out.startswith("一十") else out


def units(draft, world, chance):
    """幢, 栋, 号楼, # for 号; on a road only # is said."""
    del world
    for at, piece in enumerate(draft.pieces):
        after = draft.pieces[at + 1] if at + 1 < len(draft.pieces) else None
        if piece.role == "building" and after is not None:
            for word in ("号楼", "号", "幢", "栋"):
                if after.text.startswith(word):
                    other = chance.choice([w for w in ("号", "幢", "栋", "号楼", "#") if w != word])
                    after.text = other + after.text[len(word) :]
                    return True
        if piece.role == "plate" and piece.text.endswith("号"):
            piece.text = piece.text[:-1] + "#"
            return True
    return False


def reorder(draft, world, chance):
    """墅沟路和政路 for 和政路墅沟路; not for an offset, which follows the first-named road."""
    del world, chance
    if draft.entity.kind not in ("crossing", "corner"):
        return False
    (first,), (second,) = draft.roles("a"), draft.roles("b")
    first.text, second.text = second.text, first.text
    first.changed, second.changed = second.changed, first.changed
    return True


def filler(draft, world, chance):
    spots = [
        at for at, piece in enumerate(draft.pieces)
        if piece.role in (*NAMES, "admin", "plate") and piece.text
    ]  # fmt: skip
    at = chance.choice(spots) if spots and chance.random() < 0.6 else 0
    # Nobody says hello in the middle of an address.
    word = chance.choice(world.wording.fillers[: -1 if at else None])
    if at > 0 and draft.pieces[at].role == "plate":
        word = "，" + word
    draft.pieces.insert(at, Piece("filler", word))
    return True


def complaint(draft, world, chance):
    if chance.random() < 0.5:
        draft.pieces.insert(0, Piece("complaint", chance.choice(world.wording.prefixes)))
    draft.pieces.append(Piece("complaint", chance.choice(world.wording.suffixes)))
    return True


def wrong_admin(draft, world, chance):
    """A neighbouring town's name before a place of ours: one of the two is wrong."""
    if draft.truth == "outside":
        return False
    towns = [town for town in world.ring_towns if town.endswith(("镇", "街道"))]
    wrong = chance.choice(towns)
    for piece in draft.roles("admin"):
        piece.text = ""
    draft.pieces.insert(0, Piece("wrong_admin", wrong))
    draft.truth, draft.reason = "confirm", "a neighbouring town's name stands before it"
    draft.expected = False
    return True


def digit_typo(draft, world, chance):
    """One digit changed, doubled, or two swapped."""
    spots = [p for p in draft.roles("plate", "building") if re.search(r"\d", p.text)]
    if not spots or draft.entity.kind == "offset":
        return False
    piece = chance.choice(spots)
    found = chance.choice(list(re.finditer(r"\d+", piece.text)))
    digits, at = found[0], chance.randrange(len(found[0]))
    kind = chance.choice(("change", "swap", "double"))
    if kind == "swap" and len(digits) > 1:
        at = min(at, len(digits) - 2)
        new = digits[:at] + digits[at + 1] + digits[at] + digits[at + 2 :]
    elif kind == "double":
        new = digits[:at] + digits[at] + digits[at:]
    else:
        new = digits[:at] + chance.choice([d for d in "123456789" if d != digits[at]])
        new += digits[at + 1 :]
    if new == digits or new.startswith("0"):
        return False
    piece.text = piece.text[: found.start()] + new + piece.text[found.end() :]
    if piece.role == "building" or "支弄" in piece.text or "弄" in piece.text[:-1]:
        draft.excluded = "digit typo: another building, which may well exist"
    elif _may_stand(world, draft.entity.slots["road"], int(new)):
        draft.excluded = "digit typo: another valid number"
    draft.truth, draft.reason = "confirm", "a digit is wrong"
    draft.expected = False
    return True


def _may_stand(world, road, number):
    known = world.numbers.get(road, {})
    inside = any(low <= number <= high for low, high in world.spans.get(road, ()))
    return number in known or inside


def script(draft, world, chance):
    """Full-width digits and letters, or traditional characters."""
    del world
    text = draft.text
    if chance.random() < 0.5:
        draft.whole = "".join(
            chr(ord(c) + 0xFEE0) if c.isascii() and c.isalnum() else c for c in text
        )
    else:
        draft.whole = _traditional().convert(text)
    return draft.whole != text


@lru_cache(maxsize=1)
def _traditional():
    import opencc

    return opencc.OpenCC("s2t")


def delete_required(draft, world, chance):
    """Without a part that makes it one place."""
    del world
    kind = draft.entity.kind
    if kind in ("plate", "lane", "interpolated"):
        gone = chance.choice(("road", "plate"))
        for piece in draft.roles(gone):
            piece.text = ""
    elif kind in ("crossing", "corner", "offset"):
        for piece in draft.roles(chance.choice("ab"), "conn", "direction", "metres", "corner"):
            piece.text = ""
        keep = draft.roles("a", "b")[0].text
        draft.pieces = [Piece("road", keep), Piece("literal", chance.choice(("", "路口", "上")))]
    elif (kind == "building" and not draft.roles("road")) or kind == "gate":
        for piece in draft.roles("name"):
            piece.text = ""
    elif kind in ("compound", "poi") and draft.roles("plate"):
        for piece in draft.roles("name", "plate"):
            piece.text = ""
    else:
        return False
    draft.truth, draft.reason = "confirm", "a required part is missing"
    draft.expected = False
    return True


OPERATORS = (
    (drop_admin, 0.6), (drop_suffix, 0.2), (alias, 0.3), (homophone, 0.15), (accent, 0.10),
    (visual, 0.05), (numerals, 0.25), (spoken, 0.1), (units, 0.2), (reorder, 0.3), (filler, 0.3),
    (complaint, 0.5), (wrong_admin, 0.05), (digit_typo, 0.05), (script, 0.05),
    (delete_required, 0.1),
)  # fmt: skip
# These must come after the others: they need the digits, or the whole text.
_LAST = (digit_typo, delete_required, numerals, spoken, filler, complaint, script)
# Not both: the second would find nothing left, or undo the first.
_APART = (
    {wrong_admin, drop_admin}, {numerals, spoken}, {digit_typo, delete_required},
    {wrong_admin, delete_required}, {wrong_admin, digit_typo},
)  # fmt: skip


def perturb(draft, world, chance):
    """Apply up to k operators; returns the draft."""
    k = chance.randrange(4)
    chosen = []
    for operator, odds in chance.sample(OPERATORS, len(OPERATORS)):
        if len(chosen) == k:
            break
        if chance.random() < odds and not any(
            operator in pair and pair & set(chosen) for pair in _APART
        ):
            chosen.append(operator)
    chosen.sort(key=lambda op: _LAST.index(op) if op in _LAST else -1)
    for operator in chosen:
        if operator(draft, world, chance):
            draft.operators.append(operator.__name__)
    return draft
