"""What may happen next: `decide` turns a command into acts or refuses it. Pure.

First the table (`cases.steps`): whose command, on whose case, at which step. Then the step's own
rule from `cases.flow`, where the plan's clauses are cited.
"""

from collections.abc import Callable
from typing import Any

from cases import commands as do
from cases.errors import NotYourPost, WrongStatus
from cases.flow import (
    accepting,
    changing,
    closing,
    coordinating,
    dispatching,
    disposing,
    noting,
    receiving,
    rising,
)
from cases.model import Case
from cases.refusing import refused_case
from cases.setting import Act, Setting
from cases.steps import check

Rule = Callable[[Any, Any, Setting], tuple[Act, ...]]

RULES: dict[type, Rule] = {
    do.Receive: receiving.receive,
    do.Supplement: receiving.supplement,
    do.CorrectLocation: receiving.correct,
    do.Accept: accepting.accept,
    do.Reject: accepting.reject,
    do.ReturnToSource: accepting.return_to_source,
    do.SendBack: accepting.send_back,
    do.WithdrawRejection: refused_case,
    do.Acknowledge: refused_case,
    do.Reinstate: refused_case,
    do.Redispatch: refused_case,
    do.Forward: refused_case,
    do.NoteDelivered: refused_case,
    do.NoteUndelivered: refused_case,
    do.Dispatch: dispatching.dispatch,
    do.Sign: dispatching.sign,
    do.ReturnStation: dispatching.return_station,
    do.DecideStationReturn: dispatching.decide_return,
    do.RequestJoint: dispatching.request_joint,
    do.Instruct: coordinating.instruct,
    do.LogCall: coordinating.log_call,
    do.ReportToHead: coordinating.report_to_head,
    do.Coordinate: coordinating.coordinate,
    do.Respond: coordinating.respond,
    do.Divide: coordinating.divide,
    do.AddSubTask: coordinating.add_sub_task,
    do.DropDuty: coordinating.drop_duty,
    do.StartDisposal: disposing.start,
    do.FinishDisposal: disposing.finish,
    do.SubmitFeedback: disposing.feed_back,
    do.AskVerification: disposing.ask_verification,
    do.ReportVerification: disposing.report_verification,
    do.DraftEvaluation: closing.draft,
    do.ReturnForRework: closing.rework,
    do.Close: closing.close,
    do.NoteContact: closing.note_contact,
    do.NoteVisit: closing.note_visit,
    do.Reopen: closing.reopen,
    do.Archive: closing.archive,
    do.Escalate: rising.escalate,
    do.NoteHeadCoordination: rising.head_coordinated,
    do.SettleEscalation: rising.settle,
    do.Urge: rising.urge,
    do.AskHelp: rising.ask_help,
    do.IssueSupervision: rising.supervise,
    do.AnswerSupervision: rising.answer,
    do.LiftSupervision: rising.lift,
    do.HandOverToStreet: rising.hand_over,
    do.HandBack: rising.hand_back,
    do.Reclassify: changing.reclassify,
    do.AskExtension: changing.ask_extension,
    do.DecideExtension: changing.decide_extension,
    do.AskSuspension: changing.ask_suspension,
    do.DecideSuspension: changing.decide_suspension,
    do.EndSuspension: changing.end_suspension,
    do.Merge: changing.merge,
    do.Absorb: changing.absorb,
    do.UndoMerge: changing.undo_merge,
    do.LinkCase: changing.link_case,
    do.Withdraw: changing.withdraw,
    do.NotePush: noting.note_push,
    do.MarkWarned: noting.warned,
    do.MarkOverdue: noting.overdue,
}


def decide(case: Case | None, command: do.Command, setting: Setting) -> tuple[Act, ...]:
    """The acts a command leads to.

    Raises:
        NotPermitted: and its family; the case stays as it was.
    """
    _known_desk(setting)
    check(case, type(command).__name__, setting.actor)
    if isinstance(command, do.Receive):
        if case is not None:
            raise WrongStatus("案件已经收到过，请按补报处理")
    else:
        assert case is not None
    return RULES[type(command)](case, command, setting)


def _known_desk(setting: Setting) -> None:
    if setting.actor.desk and setting.sectors and setting.actor.desk not in setting.sectors:
        raise NotYourPost(f"没有编号为 {setting.actor.desk} 的片区城运分中心")
