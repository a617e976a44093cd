"""The same rows through what one would pick instead: `python -m benchmarks.geocoding.peers`.

    uv sync --frozen --no-dev --group bench-geocoding     (in an environment of its own)

pg_trgm in our own PostGIS, rapidfuzz over all names, and jionlp or cpca for the parsing with the
best name afterwards. Each peer gets every name, further name, address, road and crossing of the
gazetteer as words, which is more than a list of names. It accepts from a similarity on that is
chosen on calibrate rows so that not more than 2 % (the must) of what it accepts there is false.
Writes benchmarks/results/geocoding-peers.json, which the report shows.
"""

import argparse
import json
import logging
import signal
import sys
import tempfile
import warnings
from dataclasses import dataclass
from importlib.metadata import version
from itertools import combinations
from pathlib import Path
from random import Random
from time import perf_counter

import numpy as np

from benchmarks.geocoding import generate, measure, worlds
from benchmarks.geocoding.entities import crossing_keys

FILE = Path(__file__).parents[1] / "results" / "geocoding-peers.json"
GOAL = 0.02
FOREIGN = "foreign"


@dataclass(frozen=True)
class Answer:
    """What a peer says of a row: keys best first, its similarity, and where the best one is."""

    keys: tuple[str, ...]
    score: float
    grid: str | None
    outside: bool
    seconds: float


class Names:
    """Everything a gazetteer can be asked by, as words with a key."""

    def __init__(self, world):
        self.words: list[str] = []
        self.keys: list[str] = []
        self.grid: dict[str, str | None] = {}
        self.ring: set[str] = set()
        for place in world.gazetteer.places:
            key = f"place:{place.id}"
            self.grid[key] = world.grounds.grid_at(place.point) if place.point else None
            if place.scope == "ring":
                self.ring.add(key)
            plate = place.address.text if place.address else None
            name = place.name if place.kind != "building" else None
            for words in {name, plate, *(alias.text for alias in place.aliases)} - {None}:
                self._add(words, key)
            if name and plate:
                self._add(plate + name, key)
        for name in {road.name for road in world.gazetteer.roads if road.name}:
            self._add(name, f"road:{name}")
        crossings = {e.needs: e for e in world.entities if e.kind == "crossing"}
        for pair in world.meets:
            for a, b in combinations(sorted(pair), 2):
                entity = crossings.get(f"{a}×{b}")
                key = crossing_keys(a, b)[0]
                self.grid[key] = entity.grid if entity else None
                self._add(f"{a}{b}路口", key)
                self._add(f"{b}{a}路口", key)

    def _add(self, words, key):
        self.words.append(words)
        self.keys.append(key)

    def answer(self, ranked, seconds):
        """From (score, place in the list), best first."""
        keys = tuple(dict.fromkeys(self.keys[at] for _, at in ranked))[:5]
        if not keys:
            return Answer((), 0.0, None, False, seconds)
        best = keys[0]
        outside = best in self.ring
        return Answer(keys, float(ranked[0][0]), self.grid.get(best), outside, seconds)


def trigrams(names, connection, column):
    """The most similar words of a table with a trigram index."""
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS words")
        cursor.execute("CREATE TABLE words (at integer, text text)")
        with cursor.copy("COPY words FROM STDIN") as copy:
            for at, words in enumerate(names.words):
                copy.write_row((at, words))
        cursor.execute("CREATE INDEX ON words USING gist (text gist_trgm_ops)")
        cursor.execute("ANALYZE words")
    statement = {
        "similarity": "SELECT similarity(text, %s) AS s, at FROM words ORDER BY s DESC, at LIMIT 8",
        "word": "SELECT word_similarity(text, %s) AS s, at FROM words ORDER BY s DESC,"
        " length(text) DESC, at LIMIT 8",
    }[column]

    def ask(text):
        return [row for row in connection.execute(statement, (text,)) if row[0] > 0]

    return ask


def fuzzy(names, scorer):
    from rapidfuzz import fuzz, process

    score = {"partial": fuzz.partial_ratio, "token": fuzz.token_set_ratio, "W": fuzz.WRatio}[scorer]

    def ask(text):
        found = process.extract(text, names.words, scorer=score, limit=40)
        # Of equal ones the longest: else every road beats the address on it.
        found.sort(key=lambda hit: (-hit[1], -len(hit[0]), hit[2]))
        return [(hit[1] / 100, hit[2]) for hit in found[:8]]

    return ask


def parsed(names, parser, ours):
    """A parser of administrations first, then the best name in what it leaves."""
    best = fuzzy(names, "partial")
    read = {"jionlp": _jionlp, "cpca": _cpca}[parser]

    def ask(text):
        county, rest = read(text)
        if county and not any(county in name for name in ours):
            return FOREIGN
        return best(rest or text)

    return ask


def _jionlp(text):
    import jionlp

    try:
        told = jionlp.parse_location(text)
    except Exception:
        return None, text
    return told["county"] or told["city"] or told["province"], told["detail"]


def _cpca(text):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import cpca

        told = cpca.transform([text]).iloc[0]
    return told["区"] or told["市"] or told["省"], told["地址"]


def rated(rows, answers, level):
    """Rates of a peer that accepts from a similarity on."""
    able = named = accepted = false = right = first = five = outside = flagged = taken = 0
    for row, answer in zip(rows, answers, strict=True):
        wanted = {measure.bare(key) for key in row.keys}
        keys = [measure.bare(key) for key in answer.keys]
        takes = bool(keys) and not answer.outside and answer.score >= level and answer.grid
        if row.expected:
            named += 1
            first += bool(keys) and keys[0] in wanted
            five += bool(wanted & set(keys))
        if row.truth == "outside":
            outside += 1
            flagged += answer.outside
            taken += bool(takes)
        able += row.truth == "auto_ok"
        if takes:
            accepted += 1
            good = row.truth == "auto_ok" and keys[0] in wanted and answer.grid == row.grid
            false += not good
            right += bool(good)
    return {
        "E@1": (first, named), "E@5": (five, named), "AAR auto_ok": (right, able),
        "FAR": (false, accepted), "OOA-R": (flagged, outside), "OOA-A": (taken, outside),
    }  # fmt: skip


def threshold(rows, answers):
    """The lowest similarity from which on not more than 2 % are false; above 1: there is none.

    The rate itself, not its bound: kinder to a peer than what we ask of ourselves.
    """
    for level in sorted({round(a.score, 3) for a in answers}):
        false, accepted = rated(rows, answers, level)["FAR"]
        if accepted >= 10 and false <= GOAL * accepted:
            return level
    return 1.01


def run_peer(ask, names, rows):
    """An answer for each row's number."""
    answers = {}
    for row in rows:
        begun = perf_counter()
        ranked = ask(row.text)
        seconds = perf_counter() - begun
        answers[row.number] = (
            Answer((), 1.0, None, True, seconds)
            if ranked == FOREIGN
            else names.answer(ranked, seconds)
        )
    return answers


def sample(rows, count):
    """The rows of the comparison: as many of calibrate and of test, without those with a pair."""
    chance, picked = Random("peers"), {}
    for split in ("calibrate", "test"):
        pool = [row for row in rows if row.split == split and row.given is None]
        some = chance.sample(pool, min(count, len(pool)))
        picked[split] = sorted(some, key=lambda row: row.number)
    return picked


def compare(count, connection):
    """All peers on the same rows; the report asks us the same ones."""
    logging.disable(logging.INFO)
    picked = sample(generate.rows().rows, count)
    both = {name: getattr(worlds, name)() for name in ("real", "invented")}
    names = {name: Names(world) for name, world in both.items()}
    table = {}
    for label, make in _makers(names, both, connection).items():
        answers = {split: {} for split in picked}
        for name in both:
            ask = make(name)  # one world after the other: the table of words is made anew for each
            for split, rows in picked.items():
                mine = [row for row in rows if row.world == name]
                answers[split] |= run_peer(ask, names[name], mine)
        ordered = {
            split: [answers[split][r.number] for r in rows] for split, rows in picked.items()
        }
        level = threshold(picked["calibrate"], ordered["calibrate"])
        table[label] = _line(picked["test"], ordered["test"], level)
        print(label, table[label], flush=True)
    return table


def _makers(names, both, connection):
    return {
        "pg_trgm similarity": lambda n: trigrams(names[n], connection, "similarity"),
        "pg_trgm word_similarity": lambda n: trigrams(names[n], connection, "word"),
        "rapidfuzz partial_ratio": lambda n: fuzzy(names[n], "partial"),
        "rapidfuzz token_set_ratio": lambda n: fuzzy(names[n], "token"),
        "rapidfuzz WRatio": lambda n: fuzzy(names[n], "W"),
        "jionlp + rapidfuzz": lambda n: parsed(names[n], "jionlp", both[n].ours),
        "cpca + rapidfuzz": lambda n: parsed(names[n], "cpca", both[n].ours),
    }


def as_ours(verdicts):
    """Our own line of the table, from the verdicts on the sample."""
    rates = measure.figures(verdicts).rates
    able = [v for v in verdicts if v.row.truth == "auto_ok"]
    kept = {key: rates[key] for key in ("E@1", "E@5", "FAR", "OOA-R", "OOA-A")}
    kept["AAR auto_ok"] = (sum(v.accepted and not v.fault for v in able), len(able))
    return {
        "rates": kept,
        "naive": None,
        "threshold": None,
        "ms": _ms([v.seconds for v in verdicts]),
    }


def _line(rows, answers, level):
    return {
        "rates": rated(rows, answers, level),
        "naive": rated(rows, answers, 0.0),
        "threshold": level,
        "ms": _ms([a.seconds for a in answers]),
    }


def _ms(times):
    return {f"p{p}": float(np.percentile(np.array(times) * 1e3, p)) for p in (50, 95)}


def _facts(connection, url):
    """Whether trigrams of Chinese exist at all, under the cluster's character type and under C."""
    import psycopg

    own = connection.execute(
        "SELECT datctype FROM pg_database WHERE datname = current_database()"
    ).fetchone()[0]
    facts = {own: len(connection.execute("SELECT show_trgm('迎园路')").fetchone()[0])}
    for ctype in ("C", "C.UTF-8"):
        if ctype in facts:
            continue
        name = "trgm_" + ctype.replace(".", "_").replace("-", "_").lower()
        connection.execute(
            f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'"
            f" LC_COLLATE 'C' LC_CTYPE '{ctype}'"
        )
        with psycopg.connect(url.replace("/pianqu", f"/{name}"), autocommit=True) as other:
            other.execute("CREATE EXTENSION pg_trgm")
            facts[ctype] = len(other.execute("SELECT show_trgm('迎园路')").fetchone()[0])
    return facts


def main():
    import psycopg

    from store import cluster

    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rows", type=int, default=1500)
    chosen = options.parse_args()
    # A stop from outside must not leave the cluster running.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    with tempfile.TemporaryDirectory(prefix="pqb-") as folder:
        state = Path(folder)
        state.chmod(0o755)
        url = cluster.ensure(state, durable=False).replace("postgresql+psycopg", "postgresql")
        try:
            with psycopg.connect(url, autocommit=True) as connection:
                connection.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
                facts = _facts(connection, url)
                table = compare(chosen.rows, connection)
        finally:
            cluster.stop(state)
    versions = {name: version(name) for name in ("rapidfuzz", "jionlp", "cpca")}
    record = {"rows": chosen.rows, "table": table, "trigrams": facts, "of": versions}
    FILE.write_text(json.dumps(record, indent=1, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
