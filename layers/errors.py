"""What can be wrong with a layer or a register.

LayersError
├── UnknownLayer
├── UnknownPerson
├── UnknownDevice
└── BadRegister
"""


class LayersError(Exception):
    """Any refusal of this room."""


class UnknownLayer(LayersError):
    """There is no layer of that name."""

    def __init__(self, layer: str) -> None:
        super().__init__(f"没有名为“{layer}”的图层，图层名见图层列表。")
        self.layer = layer


class UnknownPerson(LayersError):
    """There is no such person on the map."""

    def __init__(self) -> None:
        super().__init__("没有这名参勤人员，编号见参勤人员图层")


class UnknownDevice(LayersError):
    """The person has no such phone."""


class BadRegister(LayersError):
    """A register has rows that cannot be taken; none of its rows was."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("登记表有误，未导入任何一行：" + "；".join(problems[:20]))
        self.problems = problems
