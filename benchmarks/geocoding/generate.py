"""The test rows, from one seed: `python -m benchmarks.geocoding.generate [--seed N] [--show 20]`.

Rows of two worlds, the shipped street and an invented town. Every row carries its entity, template,
operators, truth class and the reason. An entity's rows are all in one split, by a hash of its key.
Same seed and same gazetteer, same rows.
"""

import argparse
import hashlib
import json
from collections import Counter, defaultdict
from dataclasses import asdict, dataclass
from random import Random

from benchmarks.geocoding import negatives, operators, worlds

SEED = 140_901
SPLITS = ("train", "train", "train", "train", "calibrate", "calibrate", "calibrate",
          "test", "test", "test")  # fmt: skip
# Rows of each kind at full size; what a world does not have it does not give.
SHARES = {
    "real": {
        "compound": 900, "poi": 800, "lane": 700, "plate": 700, "crossing": 500, "corner": 600,
        "offset": 800, "interpolated": 500, "segment": 150, "road": 180, "community": 500,
        "village": 250, "estate": 120,
    },
    "invented": {
        "compound": 1700, "poi": 2100, "lane": 900, "plate": 1900, "crossing": 900, "corner": 900,
        "offset": 1200, "interpolated": 900, "building": 1100, "gate": 600, "segment": 150,
        "road": 200, "community": 80, "village": 60, "estate": 150,
    },
}  # fmt: skip
_SHARES_OF = {"reworded": "real", "unseen": "invented"}
_WEIGHT = {"auto_ok": 5, "confirm": 2, "outside": 2}


@dataclass(frozen=True, kw_only=True)
class Row:
    """One text with its truth.

    Attributes:
        truth: auto_ok, confirm, outside, nowhere; only the first may be accepted.
        keys: the engine's keys that mean the entity.
        expected: the entity should be among the candidates (counts for E@k).
        grid: where it really is.
        true: lon, lat of the true position where it is exactly known, for metres.
    """

    number: int
    world: str
    split: str
    kind: str
    entity: str
    bucket: str
    text: str
    given: dict | None
    truth: str
    reason: str
    template: str
    operators: tuple[str, ...]
    keys: tuple[str, ...]
    expected: bool
    grid: str | None
    true: tuple[float, float] | None
    sigma_m: float


@dataclass
class Rows:
    """All rows and what was left out."""

    rows: list[Row]
    left_out: dict[str, Counter]
    seed: int


def rows(seed=SEED, *, scale=1.0, only=("real", "invented")):
    """The rows of a seed; `scale` 1 is the full set, 0.02 a sample."""
    made, left_out = [], {}
    for world in (getattr(worlds, name)() for name in only):
        operators.know(world)
        counted = Counter(world.left_out)
        made += _of_world(world, seed, scale, counted)
        left_out[world.name] = counted
    return Rows(_numbered(_unlike(made, left_out)), left_out, seed)


def split_of(key):
    """Which split an entity is in: four, three and three tenths."""
    return SPLITS[hashlib.sha256(key.encode()).digest()[0] * 10 // 256]


def _of_world(world, seed, scale, counted):
    pools = defaultdict(lambda: defaultdict(list))
    for entity in sorted(world.entities, key=lambda e: e.key):
        pools[entity.kind][entity.truth, entity.bucket].append(entity)
    for kind, share in SHARES[_SHARES_OF.get(world.name, world.name)].items():
        if pools[kind]:
            for chance, entity in _drawn(
                pools[kind], round(share * scale), (seed, world.name, kind)
            ):
                yield from _row(world, kind, _positive(entity, world, chance), counted)
    for kind, share in negatives.SHARES.items():
        for at in range(round(share * scale)):
            chance = Random(f"{seed} {world.name} {kind} {at}")
            made = negatives.make(kind, world, chance)
            if made is not None:
                draft, given = made
                # Who only says what is not there says it in complaint words as well.
                yield from _row(world, kind, (_perturbed(draft, world, chance), given), counted)


def _drawn(pools, count, seeds):
    """Entities in turn from each stratum (truth × distance to the border), then from the next."""
    order = []
    for (truth, bucket), pool in sorted(pools.items()):
        chance = Random(f"{seeds} {truth} {bucket}")
        order.append([truth, chance.sample(pool, len(pool)), 0])
    weights = [_WEIGHT[truth] * min(len(pool), 40) for truth, pool, _ in order]
    chance = Random(f"{seeds}")
    for at in range(count):
        stratum = chance.choices(order, weights)[0]
        entity = stratum[1][stratum[2] % len(stratum[1])]
        stratum[2] += 1
        yield Random(f"{seeds} {at} {entity.key}"), entity


def _positive(entity, world, chance):
    pieces, template = negatives.filled(entity, world, chance)
    draft = negatives.Draft(
        pieces=pieces, entity=entity, template=template, truth=entity.truth, reason=entity.reason,
    )  # fmt: skip
    return operators.perturb(draft, world, chance), None


def _perturbed(draft, world, chance):
    """Negatives and frames keep their parts: only what is around them may change."""
    for operator, odds in ((operators.filler, 0.2), (operators.complaint, 0.4),
                           (operators.script, 0.05)):  # fmt: skip
        if chance.random() < odds and operator(draft, world, chance):
            draft.operators.append(operator.__name__)
    return draft


def _row(world, kind, made, counted):
    draft, given = made
    if draft.excluded:
        counted[draft.excluded] += 1
        return
    entity = draft.entity
    yield Row(
        number=0,
        world=world.name,
        split=split_of(f"{world.name} {entity.needs or entity.key}"),
        kind=kind,
        entity=entity.key,
        bucket=entity.bucket if entity.point is not None else "—",
        text=draft.text,
        given=given,
        truth=draft.truth,
        reason=draft.reason,
        template=draft.template,
        operators=tuple(draft.operators),
        keys=entity.keys,
        expected=draft.expected and bool(entity.keys),
        grid=entity.grid,
        true=(entity.point.lon, entity.point.lat) if entity.surveyed else None,
        sigma_m=round(entity.sigma_m, 1),
    )


def _unlike(made, left_out):
    """Each text once; texts with two truths are nobody's."""
    by_text = defaultdict(list)
    for row in made:
        by_text[row.world, row.text, json.dumps(row.given)].append(row)
    for (world, _, _), same in by_text.items():
        if len({(row.truth, row.keys) for row in same}) > 1:
            left_out[world]["one text, two truths"] += len(same)
        else:
            left_out[world]["the same text again"] += len(same) - 1
            yield same[0]


def _numbered(made):
    return [Row(**{**asdict(row), "number": at}) for at, row in enumerate(made)]


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--seed", type=int, default=SEED)
    options.add_argument("--show", type=int, default=0, help="print so many rows of each kind")
    options.add_argument("--scale", type=float, default=1.0)
    chosen = options.parse_args()
    found = rows(chosen.seed, scale=chosen.scale)
    print(len(found.rows), Counter((r.world, r.truth) for r in found.rows))
    print(Counter(r.split for r in found.rows))
    seen = Counter()
    for row in found.rows:
        seen[row.world, row.kind] += 1
        if seen[row.world, row.kind] <= chosen.show:
            print(row.world, row.kind, row.truth, row.reason, row.text, row.operators, row.keys[:2])
    for world, counted in found.left_out.items():
        print(world, dict(counted.most_common()))


if __name__ == "__main__":
    main()
