"""Policy values the street centre can set; each names the ambiguity it settles (A-n). Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from cases.errors import CaseError

_CLOCK_TIME = re.compile(r"(?:[01][0-9]|2[0-3]):[0-5][0-9]")
_KINDS = {bool: "switch", int: "whole", float: "number", str: "time"}


def _value(
    default: Any,
    label: str,
    clause: str,
    unit: str = "",
    *,
    least: float | None = None,
    most: float | None = None,
    plan: bool = False,
) -> Any:
    """A value with its words; a `plan` one is the plan's own limit, to be tightened only."""
    told = {"label": label, "clause": clause, "unit": unit, "min": least, "max": most}
    return field(default=default, metadata={**told, "plan": plan})


@dataclass(frozen=True, slots=True, kw_only=True)
class Mistake:
    """One value that cannot be set, and why, in Chinese."""

    code: str
    detail: str


class PolicyInvalid(CaseError):
    """Values that cannot be set; `findings` names each."""

    def __init__(self, findings: tuple[Mistake, ...]) -> None:
        super().__init__("；".join(f.detail for f in findings))
        self.findings = findings


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """The values in force, as one version.

    `auto_refuse` and `auto_redispatch` are the street centre's standing rules (A-7, A-20): off
    until it switches them on.
    """

    version: int = 0
    auto_refuse: bool = _value(False, "位置确定在外时自动不予受理", "A-7")
    auto_redispatch: bool = _value(False, "属另一片区时自动改派", "A-20")
    boundary_band_m: float = _value(20.0, "边界带宽度", "A-7", "米", least=0, most=500)
    alarm_minutes: int = _value(30, "受理提醒（内控）", "A-6", "分钟", least=1, most=1440)
    dispatch_minutes: int = _value(60, "派单时限", "R51", "分钟", least=1, most=60, plan=True)
    simple_minutes: int = _value(20, "简易联动协调时限", "R52", "分钟", least=1, most=20, plan=True)
    complex_minutes: int = _value(
        20, "复杂、疑难、重复、督办联动协调时限", "R53", "分钟", least=1, most=20, plan=True
    )
    urgent_minutes: int = _value(
        10, "紧急、重大联动协调时限", "R54", "分钟", least=1, most=10, plan=True
    )
    signing_minutes: int = _value(60, "工作站签收提醒（内控）", "R51", "分钟", least=1, most=1440)
    arrival_radius_m: float = _value(100.0, "响应确认半径", "R56", "米", least=5, most=2000)
    back_dated_call_minutes: int = _value(2, "通话补记提示", "A-9", "分钟", least=0, most=60)
    warn_share: float = _value(0.7, "将超时提醒（已用时限的比例）", "A-8", least=0.1, most=0.99)
    internal_hours: int = _value(24, "自然日内控时限", "A-8", "小时", least=1, most=48)
    same_day_grace_minutes: int = _value(0, "当日反馈宽限", "A-11", "分钟", least=0, most=480)
    unread_push_minutes: int = _value(5, "推送未读提醒", "A-10", "分钟", least=1, most=240)
    minimum_force: int = _value(4, "参勤力量应到人数", "A-19", "人", least=0, most=500)
    first_contact_working_days: int = _value(1, "先行联系时限", "第8节", "工作日", least=1, most=30)
    handling_working_days: int = _value(5, "热线件办理时限", "第8节", "工作日", least=1, most=60)
    second_handling_working_days: int = _value(
        3, "热线重办时限", "第8节", "工作日", least=1, most=60
    )
    repeat_radius_m: float = _value(50.0, "重复案件判定距离", "第6节", "米", least=1, most=1000)
    repeat_days: int = _value(30, "重复案件判定天数", "第6节", "天", least=1, most=365)
    supervision_days: int = _value(3, "督办默认期限", "第8节", "天", least=0, most=90)
    suspension_review_days: int = _value(30, "挂账复看间隔", "第8节", "天", least=1, most=365)
    verification_hours: int = _value(24, "核实核查默认时限", "四(二)1", "小时", least=1, most=240)
    photo_required_for_close: bool = _value(False, "结案须有处置后或核查照片", "R61")
    quiet_from: str = _value("22:00", "夜间免打扰开始", "自定")
    quiet_to: str = _value("07:00", "夜间免打扰结束", "自定")
    reporter_days: int = _value(730, "诉求人信息保存", "自定", "天", least=30, most=3650)
    text_days: int = _value(1825, "案件文字保存", "自定", "天", least=180, most=36500)
    position_days: int = _value(30, "人员位置保存", "自定", "天", least=1, most=30)
    position_stale_minutes: int = _value(5, "位置过期", "自定", "分钟", least=1, most=60)
    absent_minutes: int = _value(15, "未到岗提醒", "五(三)2", "分钟", least=1, most=240)
    access_log_days: int = _value(365, "访问记录保存", "自定", "天", least=180, most=3650)
    attachments_days: int = _value(1825, "附件保存", "自定", "天", least=180, most=36500)
    photo_most_mb: int = _value(20, "单张照片上限", "R58", "MB", least=1, most=50)
    document_most_mb: int = _value(50, "单个文件上限", "R58", "MB", least=1, most=100)
    unused_file_days: int = _value(7, "未引用附件保存", "自定", "天", least=1, most=90)
    enable_first_contact: bool = _value(True, "启用先行联系", "第8节")
    enable_return_visit: bool = _value(True, "启用回访", "第8节")
    enable_suspension: bool = _value(True, "启用挂账", "第8节")
    enable_extension: bool = _value(True, "启用延期", "第8节")
    enable_station_return: bool = _value(True, "启用工作站退单", "第8节")

    def rows(self) -> tuple[dict[str, object], ...]:
        """The values with their words, for the screen (参数值)."""
        return tuple(
            {
                "code": item.name,
                "value": getattr(self, item.name),
                "kind": _KINDS[type(item.default)],
                **item.metadata,
            }
            for item in fields(self)
            if item.metadata
        )

    def values(self) -> dict[str, object]:
        """All values by their code, without the version."""
        return {item.name: getattr(self, item.name) for item in fields(self) if item.metadata}


_FIELDS = {item.name: item for item in fields(Policy) if item.metadata}


def checked(values: Mapping[str, object]) -> dict[str, Any]:
    """Some values as they may be set; numbers of the right kind and within their bounds.

    >>> checked({"internal_hours": 12})
    {'internal_hours': 12}

    Raises:
        PolicyInvalid: names every value that cannot be set.
    """
    found, wrong = {}, []
    for code, value in values.items():
        told = _FIELDS.get(code)
        mistake = f"没有“{code[:40]}”这个参数" if told is None else _mistake(told, value)
        if told is None or mistake:
            wrong.append(Mistake(code=code[:40], detail=mistake or ""))
        else:
            found[code] = float(value) if isinstance(told.default, float) else value  # type: ignore[arg-type]
    if wrong:
        raise PolicyInvalid(tuple(wrong))
    return found


def _mistake(told: Any, value: object) -> str | None:
    label, kind = told.metadata["label"], type(told.default)
    if kind is bool:
        return None if isinstance(value, bool) else f"“{label}”只能是开或关"
    if kind is str:
        good = isinstance(value, str) and _CLOCK_TIME.fullmatch(value)
        return None if good else f"“{label}”要写成 22:00 这样的时刻"
    whole = kind is int
    number = isinstance(value, int if whole else int | float) and not isinstance(value, bool)
    if not number:
        return f"“{label}”要填{'整数' if whole else '数字'}"
    least, most, unit = (told.metadata[key] for key in ("min", "max", "unit"))
    # Not "value < least or value > most": a NaN is neither.
    if least <= value <= most:
        return None
    if told.metadata["plan"] and value > most:
        return f"“{label}”是方案规定的时限，只能收紧，不能超过 {most:g} {unit}"
    return f"“{label}”要在 {least:g} 到 {most:g}{' ' + unit if unit else ''}之间"
