"""The queues of words.md section 7, each a condition on `case_now c`. Pure."""

from cases.model import ENDED

_ENDED = ", ".join(f"'{status.value}'" for status in sorted(ENDED))

# A case of the desk is in one of the queues from 受理 to 待结案, 退回 or 已上报; 超时, 督办 and
# `mine` cut across them. `todo` is what the top bar calls 待办 of a desk that decides on receipt.
TABS: dict[str, str] = {
    "todo": "c.status IN ('received', 'no_location', 'boundary_review')",
    "mine": "CAST(:post AS text) = ANY(c.parties)",
    "received": "c.status = 'received'",
    "no_location": "c.status = 'no_location'",
    "boundary_review": "c.status = 'boundary_review'",
    "accepted": "c.status = 'accepted'",
    "to_dispatch": "c.status = 'accepted' AND c.kind IS DISTINCT FROM 'joint'",
    "to_instruct": "c.status = 'instruction_pending'",
    "to_coordinate": "c.status = 'accepted' AND c.kind = 'joint'",
    "to_respond": "c.status = 'coordinating'",
    "disposing": "c.status IN ('dispatched', 'signed_for', 'responded', 'coordinated',"
    " 'disposing')",
    "to_verify": "c.status = 'verifying'",
    "to_close": "c.status IN ('feedback_submitted', 'under_review')",
    "returned": "c.status IN ('returned_for_rework', 'station_returned', 'reopened')",
    "overdue": "EXISTS (SELECT 1 FROM deadline d WHERE d.case_id = c.id"
    " AND d.stopped_at IS NULL AND d.due_at <= :now)",
    "rejected": "EXISTS (SELECT 1 FROM refusal r WHERE r.case_id = c.id)",
    "returned_to_source": "c.status = 'returned_to_source'",
    "escalated": "c.status IN ('escalated_1', 'escalated_2')",
    "supervised": "c.status = 'suspended' OR (c.status NOT IN (" + _ENDED + ")"
    " AND (c.supervised OR 'supervised' = ANY(c.grades)"
    " OR c.state @? '$.worked.supervisions[*] ? (@.lifted_at == null)'))",
    "handed_over": "c.handed_over AND c.status NOT IN (" + _ENDED + ")",
    "closed": "c.status IN ('closed', 'archived')",
}
# What somebody has to do something about, at whatever step: the map and the desk's list.
OPEN = f"c.status NOT IN ({_ENDED})"
TABS = {tab: f"({condition})" for tab, condition in TABS.items()}
LABELS: dict[str, str] = {
    "todo": "待办",
    "mine": "等我办理",
    "received": "待受理",
    "no_location": "待确认位置",
    "boundary_review": "边界待定",
    "accepted": "已受理",
    "to_dispatch": "待派单",
    "to_instruct": "待指示",
    "to_coordinate": "待协调",
    "to_respond": "待响应",
    "disposing": "处置中",
    "to_verify": "待核查",
    "to_close": "待结案",
    "returned": "退回重办",
    "overdue": "超时",
    "rejected": "不予受理",
    "returned_to_source": "已退回街道",
    "escalated": "已上报",
    "supervised": "督办 / 挂账",
    "handed_over": "街道承担",
    "closed": "已结案",
}
