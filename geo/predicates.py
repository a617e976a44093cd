"""On which side of an edge a point lies, exactly, for any float64 input within LARGEST."""

import numpy as np

from geo.compiling import kernel

# Shewchuk's bound for the sign of the rounded 2x2 determinant, with u = 2**-53.
FILTER = (3.0 + 16.0 * 2.0**-53) * 2.0**-53
# Below this a product may have lost digits to underflow and the filter must not be believed.
UNDERFLOW = 1e-290

# Edges keep to these magnitudes; then scaling by SCALE makes every product in
# `exact_orientation` free of overflow and underflow, also for the smallest denormal point.
LARGEST = 2.0**100
SMALLEST = 2.0**-200
SCALE = 2.0**400

_SPLITTER = 2.0**27 + 1.0


@kernel
def split_product(a: float, b: float) -> tuple[float, float]:
    """Rounded product of two numbers and what rounding lost (Dekker)."""
    product = a * b
    c = _SPLITTER * a
    a_high = c - (c - a)
    a_low = a - a_high
    c = _SPLITTER * b
    b_high = c - (c - b)
    b_low = b - b_high
    lost = a_low * b_low - (((product - a_high * b_high) - a_low * b_high) - a_high * b_low)
    return product, lost


@kernel
def exact_orientation(ax: float, ay: float, bx: float, by: float, px: float, py: float) -> int:
    """Sign of the determinant by expansion arithmetic: 12 terms that add up without rounding."""
    ax *= SCALE
    ay *= SCALE
    bx *= SCALE
    by *= SCALE
    px *= SCALE
    py *= SCALE
    left = (ax, -ax, -px, -ay, ay, py)
    right = (by, py, by, bx, px, bx)
    terms = np.empty(12)
    count = 0
    for k in range(6):
        product, lost = split_product(left[k], right[k])
        for part in (lost, product):
            rest = part
            for i in range(count):
                total = rest + terms[i]
                grown = total - rest
                terms[i] = (rest - (total - grown)) + (terms[i] - grown)
                rest = total
            terms[count] = rest
            count += 1
    for i in range(count - 1, -1, -1):  # the last non-zero term outweighs all before it
        if terms[i] > 0.0:
            return 1
        if terms[i] < 0.0:
            return -1
    return 0


@kernel
def orientation(ax: float, ay: float, bx: float, by: float, px: float, py: float) -> int:
    """1 when p lies left of the line from a to b, -1 right of it, 0 on it."""
    left = (ax - px) * (by - py)
    right = (ay - py) * (bx - px)
    determinant = left - right
    doubt = FILTER * (abs(left) + abs(right)) + UNDERFLOW
    if determinant > doubt:
        return 1
    if determinant < -doubt:
        return -1
    if (ax == px or by == py) and (ay == py or bx == px):  # both products are truly zero
        return 0
    return exact_orientation(ax, ay, bx, by, px, py)


@kernel
def side(ax: float, ay: float, bx: float, by: float, px: float, py: float) -> int:
    """Like `orientation`, but never 0: p counts as moved by (e1, e2), e1 far above e2 above 0.

    The move is symbolic and agrees with the half-open comparisons (ay > py) != (by > py), so a
    path between two moved points crosses every edge cleanly.
    """
    turn = orientation(ax, ay, bx, by, px, py)
    if turn != 0:
        return turn
    if by != ay:
        return -1 if by > ay else 1
    return 1 if bx > ax else -1


@kernel
def is_on_edge(ax: float, ay: float, bx: float, by: float, px: float, py: float) -> bool:
    """Whether p is a point of the closed segment from a to b."""
    if px < min(ax, bx) or px > max(ax, bx) or py < min(ay, by) or py > max(ay, by):
        return False
    return orientation(ax, ay, bx, by, px, py) == 0
