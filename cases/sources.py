"""The doors a case comes through (R2–R6, words.md section 3)."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One door: its code, its word, and how exact its positions are when it says nothing."""

    code: str
    label: str
    default_accuracy_m: float
    clause: str
    joint: bool = False


SOURCES: dict[str, Source] = {
    source.code: source
    for source in (
        Source(code="12345", label="12345转办件", default_accuracy_m=50.0, clause="R2"),
        Source(code="grid", label="网格流转件", default_accuracy_m=20.0, clause="R3"),
        Source(code="12319", label="12319转办件", default_accuracy_m=50.0, clause="R4"),
        Source(code="110", label="110转办件（非警情类）", default_accuracy_m=30.0, clause="R5"),
        Source(
            code="department",
            label="部门提请联动",
            default_accuracy_m=20.0,
            clause="R6",
            joint=True,
        ),
        Source(
            code="station", label="工作站提请联动", default_accuracy_m=20.0, clause="R6", joint=True
        ),
        Source(code="video_patrol", label="视频巡查发现", default_accuracy_m=30.0, clause="R32"),
        Source(code="inspection", label="督查上报", default_accuracy_m=20.0, clause="R34"),
        Source(code="machine", label="智能发现", default_accuracy_m=30.0, clause="R73"),
    )
}
