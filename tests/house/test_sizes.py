"""Modules stay small enough to be read in one go (architecture 6)."""

from house.files import ROOMS, ROOT, committed

STOP = 450
# A longer module needs a reason here and one in its own docstring.
WHOLE: dict[str, str] = {
    "cases/commands.py": "the list of all one can do with a case",
    "cases/events.py": "the list of all that can happen to a case",
    "cases/effects.py": "one table from event to effect",
}


def lines(path):
    return len(path.read_text().splitlines())


def modules():
    for path in committed("*.py"):
        name = str(path.relative_to(ROOT))
        if name.split("/", maxsplit=1)[0] in ROOMS and not name.startswith("web/app"):
            yield name, lines(path)


def test_no_module_is_too_long():
    too_long = {name: n for name, n in modules() if n > STOP and name not in WHOLE}
    assert not too_long


def test_exceptions_are_still_needed():
    long = {name for name, n in modules() if n > STOP}
    assert set(WHOLE) <= long


def test_every_room_is_typed():
    assert all((ROOT / room / "py.typed").exists() for room in ROOMS)
