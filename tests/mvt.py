"""A reader of vector tiles (MVT 2.1) by the specification's text, for points; no library does it.

Only what a test needs: features with their id-less tags and the first point of their geometry.
"""

import struct


def fields(data):
    """The (number, wire type, value) triples of a protobuf message."""
    at = 0

    def varint():
        nonlocal at
        value = shift = 0
        while True:
            byte = data[at]
            at += 1
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return value

    while at < len(data):
        key = varint()
        match key & 7:
            case 0:
                yield key >> 3, varint()
            case 1:
                yield key >> 3, data[at : at + 8]
                at += 8
            case 5:
                yield key >> 3, data[at : at + 4]
                at += 4
            case 2:
                size = varint()
                yield key >> 3, data[at : at + size]
                at += size


def packed(data):
    value = shift = 0
    for byte in data:
        value |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            yield value
            value = shift = 0


def zigzag(value):
    return (value >> 1) ^ -(value & 1)


def value_of(data):
    ((number, told),) = fields(data)
    return {
        1: lambda: str(told, "utf-8"),
        2: lambda: struct.unpack("<f", told)[0],
        3: lambda: struct.unpack("<d", told)[0],
        4: lambda: told,
        5: lambda: told,
        6: lambda: zigzag(told),
        7: lambda: bool(told),
    }[number]()


def read(tile):
    """Layers by name: lists of {"x", "y", "properties"} in the tile's own 4096 units."""
    layers = {}
    for number, layer in fields(tile):
        assert number == 3
        told = list(fields(layer))
        keys = [value.decode() for n, value in told if n == 3]
        values = [value_of(value) for n, value in told if n == 4]
        points = []
        for _, feature in (one for one in told if one[0] == 2):
            parts = dict(fields(feature))
            tags = list(packed(parts[2]))
            command, x, y = list(packed(parts[4]))[:3]
            assert (parts[3], command) == (1, 9)  # one point, moved to once
            pairs = zip(tags[::2], tags[1::2], strict=True)
            points.append(
                {
                    "x": zigzag(x),
                    "y": zigzag(y),
                    "properties": {keys[k]: values[v] for k, v in pairs},
                }
            )
        layers[next(value.decode() for n, value in told if n == 1)] = points
    return layers
