"""Policy values the street centre can set; each names the ambiguity it settles (A-n)."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """The values in force.

    `auto_refuse` and `auto_redispatch` are the street centre's standing rules (A-7, A-20): off
    until it switches them on.
    """

    auto_refuse: bool = False
    auto_redispatch: bool = False
    boundary_band_m: float = 20.0
    alarm_minutes: int = 30

    def rows(self) -> tuple[dict[str, object], ...]:
        """The values with their words, for the screen (参数值)."""
        return (
            _row("auto_refuse", "位置确定在外时自动不予受理", self.auto_refuse, "", "A-7"),
            _row("auto_redispatch", "属另一片区时自动改派", self.auto_redispatch, "", "A-20"),
            _row("boundary_band_m", "边界带宽度", self.boundary_band_m, "米", "A-7"),
            _row("alarm_minutes", "受理提醒（内控）", self.alarm_minutes, "分钟", "A-6"),
        )


def _row(code: str, label: str, value: object, unit: str, clause: str) -> dict[str, object]:
    return {"code": code, "label": label, "value": value, "unit": unit, "clause": clause}
