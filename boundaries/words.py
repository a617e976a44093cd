"""The explanation of a decision, one Chinese line a step (words of `words.md` section 9)."""

from collections.abc import Sequence

from boundaries.model import Candidate, Named, ReasonCode


def metres(value: float) -> str:
    """A distance as people say it: whole metres, or kilometres from 1,000 m on."""
    return f"{value / 1000:.1f} 公里" if value >= 1000 else f"{value:.0f} 米"


def given_words(
    *, crs: str, raw: tuple[float, float], accuracy_m: float | None, radius: float
) -> tuple[str, ...]:
    """How the point and its disc came about."""
    datum = f"坐标按 {crs} 读入：{raw[0]:.11g}，{raw[1]:.11g}"
    stated = f"来源误差 {accuracy_m:.0f} 米" if accuracy_m is not None else "来源未写误差"
    return (datum, f"{stated}，按 {radius:.0f} 米误差圆判定")


def assigned_words(sector: Named | None, community: Named | None, edge_m: float) -> tuple[str, ...]:
    """Both levels are sure."""
    assert sector is not None
    assert community is not None
    return (
        f"误差圆全部在{community.name}内，距网格边界 {metres(edge_m)}",
        f"{community.name}属{sector.name}（{sector.code}）",
    )


def review_words(
    reason: str,
    sector: Named | None,
    candidates: Sequence[Candidate],
    *,
    edge_m: float,
    split_m: float,
) -> tuple[str, ...]:
    """The disc crosses an edge; say which, and what is sure all the same."""
    first = {
        ReasonCode.BOUNDARY_ROAD: (
            f"在界路（新成路）上，距分界线 {metres(split_m)}，请定路侧或按界路规则"
        ),
        ReasonCode.ON_BOUNDARY: "在网格边界线上，按规则归编号小的一方，请确认",
    }.get(ReasonCode(reason), f"靠近网格边界，距边界 {metres(edge_m)}，在误差范围内")
    if any(candidate.outside for candidate in candidates):
        second = "误差圆跨出街道边界，请确认位置"
    elif sector is not None:
        second = f"误差圆全部在{sector.name}内，片区已定，社区网格待选"
    else:
        second = "误差圆跨两个片区，片区和社区网格都待选"
    shares = "、".join(f"{_owner(c)} {c.share:.0%}" for c in candidates)
    return (first, second, f"候选：{shares}")


def out_of_area_words(
    street: str, owner: Named | None, distance_m: float, direction: str
) -> tuple[str, ...]:
    """The disc lies wholly outside."""
    belongs = (
        f"落在{owner.name}范围内，建议归属：{owner.name}"
        if owner
        else "建议归属不明，先核对地址和坐标系"
    )
    return (f"误差圆全部在{street}以外，在边界{direction}方向 {metres(distance_m)}", belongs)


def _owner(candidate: Candidate) -> str:
    if candidate.community is not None:
        return candidate.community.name
    return candidate.belongs_to.name if candidate.belongs_to else "街道以外"
