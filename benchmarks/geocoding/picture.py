"""The calibration curve as an SVG of our own: what was said against what was true."""

SIZE, LEFT, TOP = 360, 52, 46
COLOURS = ("#1f5fbf", "#b3541e")


def calibration_curve(sets):
    """An SVG of name → (bins, ECE); a bin is (mean said, share true, count)."""
    most = max((n for bins, _ in sets.values() for _, _, n in bins), default=1)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{SIZE + 90}" height="{SIZE + 130}" '
        f'viewBox="0 0 {SIZE + 90} {SIZE + 130}" font-family="sans-serif" font-size="12">',
        f'<rect width="{SIZE + 90}" height="{SIZE + 130}" fill="#ffffff"/>',
        f'<text x="{LEFT}" y="22" font-size="15">How sure it was, and how often right</text>',
    ]
    for tick in range(0, 11, 2):
        x, y = _at(tick / 10, tick / 10)
        parts += [
            f'<line x1="{LEFT}" y1="{y}" x2="{LEFT + SIZE}" y2="{y}" stroke="#e3e3e3"/>',
            f'<line x1="{x}" y1="{TOP}" x2="{x}" y2="{TOP + SIZE}" stroke="#e3e3e3"/>',
            f'<text x="{LEFT - 8}" y="{y + 4}" text-anchor="end">{tick / 10:.1f}</text>',
            f'<text x="{x}" y="{TOP + SIZE + 18}" text-anchor="middle">{tick / 10:.1f}</text>',
        ]
    (x0, y0), (x1, y1) = _at(0, 0), _at(1, 1)
    parts.append(
        f'<line x1="{x0}" y1="{y0}" x2="{x1}" y2="{y1}" stroke="#888" stroke-dasharray="4 4"/>'
    )
    for at, (name, (bins, ece)) in enumerate(sets.items()):
        colour = COLOURS[at % len(COLOURS)]
        line = " ".join(f"{x},{y}" for x, y in (_at(said, hit) for said, hit, _ in bins))
        parts.append(
            f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="1.5"/>'
        )
        for said, hit, count in bins:
            x, y = _at(said, hit)
            radius = 2.5 + 8 * (count / most) ** 0.5
            parts.append(
                f'<circle cx="{x}" cy="{y}" r="{radius:.1f}" fill="{colour}" fill-opacity="0.55">'
                f"<title>{count} rows: said {said:.3f}, true {hit:.3f}</title></circle>"
            )
        y = TOP + SIZE + 42 + 18 * at
        parts += [
            f'<rect x="{LEFT}" y="{y - 10}" width="12" height="12" fill="{colour}"/>',
            f'<text x="{LEFT + 20}" y="{y}">{name}, test split: ECE {ece:.3f}, '
            f"{sum(n for *_, n in bins)} rows</text>",
        ]
    return "\n".join([*parts, "</svg>", ""])


def _at(x, y):
    return round(LEFT + x * SIZE, 1), round(TOP + (1 - y) * SIZE, 1)
