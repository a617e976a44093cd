"""Refusals, addressing and acceptance; the table of all posts is in test_who_may_what.py."""

import pytest
from stories import (
    EAST,
    GRIDS,
    MALU,
    STANDING,
    WEST,
    Story,
    again,
    begun,
    better,
    between_communities,
    between_sectors,
    between_west_and_outside,
    inside,
    nowhere,
    outside,
    refused,
    report,
)

from boundaries.model import Named
from cases import commands as do
from cases.errors import (
    GridOpen,
    NotPermitted,
    NotYourPost,
    OutOfArea,
    WrongStatus,
)
from cases.model import Number, RefusalState, Status
from cases.policy import Policy
from cases.roles import actor
from cases.sources import SOURCES

# Who decides on a refusal, for the table of refusal states below.
MAY = {
    do.WithdrawRejection: {"coordinator"},
    do.Acknowledge: {"street-centre"},
    do.Reinstate: {"street-centre"},
    do.Redispatch: {"street-centre"},
    do.Forward: {"street-centre"},
    do.NoteDelivered: {"courier"},
    do.NoteUndelivered: {"courier"},
}
POST_OF = {"coordinator": "coordinator-140901", "platform": "platform-12345"}


def played(story, command, by="coordinator-140901"):
    story.play(command, by=by)
    return story


def asked(kind, story):
    """A command of a kind that could fit the story."""
    refusals = story.case.refusals if story.case else ()
    id = refusals[-1].id if refusals else story.new_id()
    made = {
        do.Receive: lambda: do.Receive(
            id=story.new_id(), number="20260311-0002", report=report(), place=inside()
        ),
        do.Supplement: lambda: again(inside(), title="又来电"),
        do.CorrectLocation: lambda: better(inside()),
        do.Accept: do.Accept,
        do.Reject: lambda: do.Reject(reason="不在本片区"),
        do.WithdrawRejection: lambda: do.WithdrawRejection(reason="看错了"),
        do.Acknowledge: lambda: do.Acknowledge(refusal_id=id),
        do.Reinstate: lambda: do.Reinstate(reason="管辖明确", refusal_id=id),
        do.Redispatch: lambda: do.Redispatch(refusal_id=id, to_sector="140902"),
        do.Forward: lambda: do.Forward(refusal_id=id),
        do.NoteDelivered: lambda: do.NoteDelivered(refusal_id=id, attempts=1),
        do.NoteUndelivered: lambda: do.NoteUndelivered(refusal_id=id, attempts=20, error="x"),
        do.MarkOverdue: lambda: do.MarkOverdue(code="refusal_feedback", seq=0),
    }
    return made[kind]()


# refusals: state × command


def in_state(state):
    """A refusal of an outside case that has come this far."""
    story = refused(outside())
    id = story.refusal.id
    steps = {
        RefusalState.FEEDBACK_PENDING: [],
        RefusalState.FEEDBACK_DELIVERED: [(do.NoteDelivered(refusal_id=id, attempts=1), "courier")],
        RefusalState.ACKNOWLEDGED: [(do.Acknowledge(refusal_id=id), "street-centre")],
        RefusalState.REDISPATCHED: [
            (do.Redispatch(refusal_id=id, to_sector="140902"), "street-centre")
        ],
        RefusalState.REINSTATED: [(do.Reinstate(reason="管辖明确"), "street-centre")],
        RefusalState.FORWARDED: [(do.Forward(refusal_id=id), "street-centre")],
        RefusalState.WITHDRAWN: [(do.WithdrawRejection(reason="看错了"), "coordinator-140901")],
    }[state]
    for command, by in steps:
        story.play(command, by=by)
    assert story.refusal.state is state
    return story


S, W = RefusalState, WrongStatus
ON_REFUSALS = {
    # state: withdraw, acknowledge, reinstate, re-dispatch, forward, delivered, undelivered
    S.FEEDBACK_PENDING: "Withdrawn Acknowledged Reinstated Redispatched Forwarded"
    " Delivered Undelivered",
    S.FEEDBACK_DELIVERED: "Withdrawn Acknowledged Reinstated Redispatched Forwarded - -",
    S.ACKNOWLEDGED: "! - Reinstated Redispatched Forwarded Delivered Undelivered",
    S.REDISPATCHED: "! Acknowledged Reinstated ! ! Delivered Undelivered",
    S.REINSTATED: "! ! ! ! ! Delivered Undelivered",
    S.FORWARDED: "! ! ! ! ! Delivered Undelivered",
    S.WITHDRAWN: "! ! ! ! ! Delivered Undelivered",
}  # fmt: skip
ON_REFUSAL = (
    do.WithdrawRejection, do.Acknowledge, do.Reinstate, do.Redispatch, do.Forward,
    do.NoteDelivered, do.NoteUndelivered,
)  # fmt: skip


def test_the_table_of_refusals_is_complete():
    assert set(ON_REFUSALS) == set(RefusalState)
    assert all(len(row.split()) == len(ON_REFUSAL) for row in ON_REFUSALS.values())


@pytest.mark.parametrize(
    ("state", "kind", "expected"),
    [
        (state, kind, word)
        for state, row in ON_REFUSALS.items()
        for kind, word in zip(ON_REFUSAL, row.split(), strict=True)
    ],
    ids=lambda value: getattr(value, "__name__", str(value)),
)
def test_every_refusal_state_and_command(state, kind, expected):
    story = in_state(state)
    role = next(iter(MAY[kind]))
    command = asked(kind, story)
    if expected == "!":
        with pytest.raises(WrongStatus):
            story.play(command, by=POST_OF.get(role, role))
        return
    names = story.play(command, by=POST_OF.get(role, role))
    if expected == "-":
        assert names == ()
    else:
        assert len(names) == 1
        assert names[0].endswith(expected)


# posts of one 片区


@pytest.mark.parametrize(
    "command",
    [do.Accept(), do.Reject(reason="x"), better(inside())],
    ids=lambda command: type(command).__name__,
)
def test_the_other_desk_keeps_its_hands_off(command):
    story = begun(inside(), to_sector="140901")
    with pytest.raises(NotPermitted, match="另一片区"):
        story.play(command, by="coordinator-140902")


def test_the_other_desk_cannot_take_a_refusal_back():
    with pytest.raises(NotPermitted, match="另一片区"):
        refused(outside()).play(do.WithdrawRejection(reason="x"), by="coordinator-140902")


def test_a_refusal_of_a_case_at_no_desk_is_the_refusing_desks_own():
    story = begun(outside())
    assert story.case.desk is None
    story.play(do.Reject(reason="不在本片区"), by="coordinator-140902")
    assert story.refusal.desk == "140902"
    with pytest.raises(NotPermitted, match="另一片区"):
        story.play(do.WithdrawRejection(reason="x"), by="coordinator-140901")


def test_a_desk_that_no_edition_knows_has_no_coordinator():
    with pytest.raises(NotYourPost, match="140999"):
        begun(inside()).play(do.Accept(), by="coordinator-140999")


@pytest.mark.parametrize("post", ["", "nobody", "coordinator-", "coordinator-迎园", "clock-1; --"])
def test_what_is_no_post(post):
    with pytest.raises(NotYourPost):
        actor(post)


# addressing


def test_a_case_goes_to_the_desk_it_is_sent_to_else_to_the_maps():
    assert begun(inside("14090201")).case.desk == "140902"
    assert begun(inside("14090201"), to_sector="140901").case.desk == "140901"
    assert begun(between_communities()).case.desk == "140901"
    assert begun(between_sectors()).case.desk is None
    assert begun(nowhere(), to_sector="140901").case.desk == "140901"


def test_a_desk_nobody_knows_is_nobodys_and_the_map_decides():
    """Else the case would lie where no coordinator ever sees it."""
    story = begun(inside("14090201"), to_sector="149999")
    assert story.case.desk == "140902"
    assert story.case.report.to_sector == "149999"
    assert story.play(do.Accept(), by="coordinator-140902") == ("CaseAccepted",)


def test_a_better_position_moves_a_case_only_the_map_had_placed():
    story = begun(inside("14090101"))
    story.play(better(inside("14090201")))
    assert story.case.desk == "140902"
    assert story.case.proposal is None


def test_a_better_position_leaves_a_case_with_the_desk_it_was_sent_to():
    story = begun(inside("14090101"), to_sector="140901")
    story.play(better(inside("14090201")))
    assert story.case.desk == "140901"
    assert story.case.proposal == "rejection"


def test_a_better_position_leaves_a_redispatched_case_with_its_new_desk():
    story = refused(inside("14090201"), policy=STANDING)
    assert story.case.desk == "140902"
    story.play(better(inside("14090201")), by="coordinator-140902")
    assert story.case.desk == "140902"


def test_an_unusable_position_is_no_better_one():
    with pytest.raises(NotPermitted, match="新位置不能用"):
        begun(inside()).play(better(nowhere()))


# what acceptance takes (R49)


def test_acceptance_records_the_grid_the_map_is_sure_of():
    story = begun(inside("14090102"))
    story.play(do.Accept())
    case = story.case
    assert (case.status, case.community, case.sector) == (
        Status.ACCEPTED,
        GRIDS["14090102"][0],
        WEST,
    )
    assert case.accepted_at == story.now
    assert case.police_area is not None


def test_a_sure_grid_is_not_a_matter_of_choice():
    with pytest.raises(NotPermitted, match="更正位置"):
        begun(inside("14090101")).play(do.Accept(community="14090102"))


def test_an_open_grid_is_chosen_among_the_candidates():
    story = begun(between_communities())
    with pytest.raises(GridOpen):
        story.play(do.Accept())
    with pytest.raises(NotPermitted, match="不在候选之中"):
        story.play(do.Accept(community="14090201"))
    story.play(do.Accept(community="14090102"))
    assert story.case.community.code == "14090102"


def test_on_the_dividing_line_a_desk_takes_only_its_own_side():
    story = begun(between_sectors())
    with pytest.raises(OutOfArea) as refusal:
        story.play(do.Accept(community="14090201"), by="coordinator-140901")
    assert refusal.value.belongs_to == EAST
    story.play(do.Accept(community="14090201"), by="coordinator-140902")
    assert story.case.desk == "140902"


def test_a_case_that_lies_elsewhere_cannot_be_accepted_and_its_owner_is_named():
    for place, owner in [(outside(), MALU), (inside("14090201"), EAST)]:
        with pytest.raises(OutOfArea) as refusal:
            begun(place, to_sector="140901").play(do.Accept())
        assert refusal.value.belongs_to == owner


def test_a_grid_of_an_edition_no_longer_in_force_is_refused_in_words():
    story = begun(inside("14090101"))
    del story.grids["14090101"]
    with pytest.raises(NotPermitted, match="网格版本"):
        story.play(do.Accept())


# refusal by a person (R50)


def test_a_refusal_says_whose_it_is_how_far_and_where():
    story = refused(outside())
    refusal = story.refusal
    assert (refusal.reason_code, refusal.belongs_to) == ("OUTSIDE_STREET", MALU)
    assert (refusal.distance_m, refusal.direction, refusal.radius_m) == (200.0, "东", 20.0)
    assert not refusal.automatic
    assert refusal.by == "coordinator-140901"
    assert story.case.status is Status.REJECTED


def test_the_coordinator_may_name_another_owner():
    story = begun(outside(), to_sector="140901")
    other = Named(code=None, name="嘉定镇街道")
    story.play(do.Reject(reason="不在本片区", belongs_to=other))
    assert story.refusal.belongs_to == other


def test_nobody_refuses_in_favour_of_himself():
    with pytest.raises(NotPermitted, match="就是本片区"):
        begun(between_sectors(), to_sector="140901").play(do.Reject(reason="x", belongs_to=WEST))


def test_a_place_wholly_in_the_own_area_cannot_be_refused():
    for place in (inside("14090101"), between_communities()):
        with pytest.raises(NotPermitted, match="更正位置"):
            begun(place, to_sector="140901").play(do.Reject(reason="x"))


@pytest.mark.parametrize(
    ("place", "code", "owner"),
    [
        (between_sectors(), "SIBLING_PIANQU", EAST),
        (between_west_and_outside(), "OUTSIDE_STREET", MALU),
    ],
)
def test_a_disc_over_an_edge_is_refused_by_choice(place, code, owner):
    story = begun(place, to_sector="140901")
    story.play(do.Reject(reason="现场核实在对侧"))
    assert (story.refusal.reason_code, story.refusal.belongs_to) == (code, owner)


# the router refuses only when it is sure


SURE = {"to_sector": "140901", "accuracy_m": 10.0}


def test_a_7_the_router_refuses_what_is_sure_under_the_centres_rule():
    story = begun(outside(), policy=STANDING, **SURE)
    assert [record.actor for record in story.records] == ["platform-12345", "router"]
    assert story.records[1].on_behalf_of == "coordinator-140901"
    assert story.refusal.automatic
    assert "A-7" in story.refusal.rule
    assert story.refusal.belongs_to == MALU
    assert story.case.status is Status.REJECTED


def test_a_7_without_a_desk_it_acts_in_nobodys_name():
    story = begun(outside(), policy=STANDING, accuracy_m=10.0)
    assert story.records[1].on_behalf_of is None
    assert story.refusal.desk is None


def test_a_7_the_band_begins_where_the_disc_ends():
    band = STANDING.boundary_band_m
    assert begun(outside(edge=20.0 + band), policy=STANDING, **SURE).case.refusals
    assert begun(outside(edge=60 + band, radius=60.0), policy=STANDING, **SURE).case.refusals


UNSURE = {
    "rule off": (outside(), Policy(), {}),
    "urgent": (outside(), STANDING, {"urgent": True}),
    "supervised": (outside(), STANDING, {"supervised": True}),
    "source 5": (outside(), STANDING, {"source": "department"}),
    "source 6": (outside(), STANDING, {"source": "station"}),
    "no accuracy": (outside(), STANDING, {"accuracy_m": None}),
    "in the band": (outside(edge=39.9), STANDING, {}),
    "a larger disc in the band": (outside(edge=79.9, radius=60.0), STANDING, {}),
    "perhaps outside the district": (outside(owner=None), STANDING, {}),
    "sibling in the band": (inside("14090201", edge=39.9), STANDING, {}),
}


@pytest.mark.parametrize("why", UNSURE)
def test_a_7_anything_less_is_proposed_and_a_person_confirms(why):
    place, policy, told = UNSURE[why]
    story = begun(place, policy=policy, **SURE | told)
    assert story.case.refusals == ()
    assert story.case.proposal == "rejection"
    assert story.case.status is Status.RECEIVED
    assert [clock.code for clock in story.running] == ["refusal_feedback", "acceptance_alarm"]
    story.play(do.Reject(reason="核实不在本片区"))
    assert story.case.proposal is None


@pytest.mark.parametrize("place", [between_sectors(), between_west_and_outside(), nowhere()])
def test_a_7_a_disc_over_the_edge_is_not_even_proposed(place):
    story = begun(place, policy=STANDING, **SURE)
    assert story.case.refusals == ()
    assert story.case.proposal is None


def test_a_7_only_the_sources_of_r6_are_joint():
    assert {code for code, source in SOURCES.items() if source.joint} == {"department", "station"}


def test_a_7_a_position_sent_later_is_judged_like_one_sent_at_once():
    waiting = begun(nowhere(), policy=STANDING, raw=None, **SURE)
    names = waiting.play(again(outside(), **SURE), by="platform-12345")
    assert names == ("ReportSupplemented", "LocationCorrected", "CaseRejected")
    assert waiting.records[-1].actor == waiting.records[-2].actor == "router"


@pytest.mark.parametrize("flag", ["urgent", "supervised"])
def test_a_7_a_flag_raised_with_the_later_position_counts(flag):
    waiting = begun(nowhere(), policy=STANDING, raw=None, **SURE)
    names = waiting.play(again(outside(), **SURE | {flag: True}), by="platform-12345")
    assert names == ("ReportSupplemented", "LocationCorrected")
    assert waiting.case.proposal == "rejection"
    assert getattr(waiting.case.report, flag)


def test_a_flag_raised_first_is_not_lowered_by_silence():
    story = begun(nowhere(), policy=STANDING, raw=None, urgent=True, **SURE)
    story.play(again(outside(), **SURE), by="platform-12345")
    assert story.case.report.urgent
    assert story.case.refusals == ()


def test_a_7_a_spot_a_person_chose_is_refused_by_a_person():
    story = begun(nowhere(), policy=STANDING, raw=None, **SURE)
    assert story.play(better(outside())) == ("LocationCorrected",)
    assert story.case.proposal == "rejection"


def test_a_7_revocable_until_the_street_centre_has_signed():
    story = begun(outside(), policy=STANDING, **SURE)
    story.play(do.NoteDelivered(refusal_id=story.refusal.id, attempts=1), by="courier")
    story.play(do.WithdrawRejection(reason="坐标有误"))
    assert story.case.status is Status.RECEIVED
    assert story.refusal.state is RefusalState.WITHDRAWN
    signed = begun(outside(), policy=STANDING, **SURE)
    signed.play(do.Acknowledge(refusal_id=signed.refusal.id), by="street-centre")
    with pytest.raises(WrongStatus, match="已签收"):
        signed.play(do.WithdrawRejection(reason="坐标有误"))


def test_a_withdrawn_case_goes_back_to_where_it_waited():
    story = begun(between_sectors(), to_sector="140901")
    story.play(do.Reject(reason="对侧"))
    story.play(do.WithdrawRejection(reason="看错了"))
    assert story.case.status is Status.BOUNDARY_REVIEW


# four kinds of "not ours"


def test_a_20_a_two_recorded_acts_by_hand():
    story = refused(inside("14090201"))
    assert story.refusal.reason_code == "SIBLING_PIANQU"
    story.play(do.Redispatch(refusal_id=story.refusal.id, to_sector="140902"), by="street-centre")
    assert [(r.actor, type(r.event).__name__) for r in story.records[1:]] == [
        ("coordinator-140901", "CaseRejected"),
        ("street-centre", "CaseRedispatched"),
    ]
    assert story.case.desk == "140902"
    assert story.case.status is Status.RECEIVED
    assert story.play(do.Accept(), by="coordinator-140902") == ("CaseAccepted",)


def test_a_20_a_two_recorded_acts_under_the_standing_rule():
    story = begun(inside("14090201"), policy=STANDING, **SURE)
    acts = [(r.actor, r.on_behalf_of, type(r.event).__name__) for r in story.records[1:]]
    assert acts == [
        ("router", "coordinator-140901", "CaseRejected"),
        ("router", "street-centre", "CaseRedispatched"),
    ]
    assert "A-20" in story.records[2].event.rule
    assert story.case.desk == "140902"


def test_a_20_a_without_that_rule_the_street_centre_does_it_itself():
    story = begun(inside("14090201"), policy=Policy(auto_refuse=True), **SURE)
    assert story.case.status is Status.REJECTED
    assert story.refusal.state is RefusalState.FEEDBACK_PENDING


def test_a_20_a_a_standing_redispatch_can_be_revoked_until_the_other_desk_accepts():
    story = begun(inside("14090201"), policy=STANDING, **SURE)
    story.play(do.Reinstate(reason="由迎园受理", refusal_id=story.refusal.id), "street-centre")
    assert (story.case.desk, story.case.reinstated) == ("140901", True)
    taken = begun(inside("14090201"), policy=STANDING, **SURE)
    taken.play(do.Accept(), by="coordinator-140902")
    with pytest.raises(WrongStatus, match="另一片区已受理"):
        taken.play(do.Reinstate(reason="x", refusal_id=taken.refusal.id), by="street-centre")


def test_a_20_a_nobody_sends_a_case_to_and_fro_without_a_ruling():
    story = refused(outside())
    with pytest.raises(NotPermitted, match="指定受理"):
        story.play(
            do.Redispatch(refusal_id=story.refusal.id, to_sector="140901"), by="street-centre"
        )
    story.play(do.Redispatch(refusal_id=story.refusal.id, to_sector="140902"), by="street-centre")
    story.play(do.Reject(reason="也不是"), by="coordinator-140902")
    with pytest.raises(NotPermitted, match="指定受理"):
        story.play(
            do.Redispatch(refusal_id=story.refusal.id, to_sector="140901"), by="street-centre"
        )


def test_a_20_a_only_to_a_desk_there_is():
    story = refused(outside())
    with pytest.raises(NotPermitted, match="没有这个片区"):
        story.play(
            do.Redispatch(refusal_id=story.refusal.id, to_sector="149999"), by="street-centre"
        )


def test_a_20_b_outside_the_street_goes_on_to_the_district_with_a_suggestion():
    story = refused(outside())
    story.play(do.Forward(refusal_id=story.refusal.id), by="street-centre")
    assert story.records[-1].event.belongs_to == MALU
    assert story.case.status is Status.REJECTED


def test_a_20_b_the_siblings_are_not_the_districts_business():
    story = refused(inside("14090201"))
    with pytest.raises(NotPermitted, match="另一片区"):
        story.play(do.Forward(refusal_id=story.refusal.id), by="street-centre")


@pytest.mark.parametrize("policy", [Policy(), STANDING])
def test_a_20_c_a_missing_location_is_never_a_refusal(policy):
    story = begun(nowhere(), policy=policy, raw=None, **SURE)
    assert story.case.status is Status.NO_LOCATION
    with pytest.raises(WrongStatus, match="更正位置"):
        story.play(do.Reject(reason="x"))


def test_a_20_d_touching_both_is_no_ground_for_a_refusal_at_nobodys_desk():
    story = begun(between_sectors())
    with pytest.raises(NotPermitted, match="候选归属"):
        story.play(do.Reject(reason="x"), by="coordinator")


def test_a_20_after_a_ruling_there_is_no_second_refusal():
    for place in (outside(), inside("14090201"), between_sectors()):
        story = refused(place)
        story.play(do.Reinstate(reason="管辖明确"), by="street-centre")
        with pytest.raises(WrongStatus, match="不得再次"):
            story.play(do.Reject(reason="还是不归"))


def test_a_20_nor_does_the_router_refuse_after_a_ruling():
    story = refused(outside(), policy=STANDING)
    story.play(do.Reinstate(reason="管辖明确", to_sector="140901"), by="street-centre")
    assert story.play(better(outside())) == ("LocationCorrected",)
    assert story.case.proposal is None
    assert story.case.desk == "140901"


def test_a_20_the_ruled_desk_keeps_the_case_wherever_it_lies():
    story = refused(inside("14090201"))
    story.play(do.Reinstate(reason="由迎园受理"), by="street-centre")
    story.play(do.Accept())
    assert story.case.desk == "140901"
    assert story.case.community.code == "14090201"


def test_a_20_a_ruled_case_outside_the_street_may_be_given_a_grid_of_the_desks():
    story = refused(outside())
    story.play(do.Reinstate(reason="共管路段"), by="street-centre")
    with pytest.raises(NotPermitted, match="不在本片区"):
        story.play(do.Accept(community="14090201"))
    story.play(do.Accept(community="14090101"))
    assert story.case.community.code == "14090101"
    plain = refused(outside())
    plain.play(do.Reinstate(reason="共管路段"), by="street-centre")
    plain.play(do.Accept())
    assert (plain.case.community, plain.case.sector) == (None, WEST)


def test_a_ruling_on_nobodys_refusal_must_name_the_desk():
    story = begun(outside(), policy=STANDING, accuracy_m=10.0)
    with pytest.raises(NotPermitted, match="哪个片区"):
        story.play(do.Reinstate(reason="x"), by="street-centre")
    story.play(do.Reinstate(reason="x", to_sector="140902"), by="street-centre")
    assert story.case.desk == "140902"


# reports that come again


def test_a_supplement_tells_what_differs_and_brings_its_new_numbers():
    story = begun(inside())
    number = Number(kind="grid", number="G7")
    story.play(again(new=(number,), title="路灯还是不亮", urgent=True), by="platform-grid")
    event = story.records[-1].event
    assert set(event.changed) == {"title", "urgent"}
    assert number in story.case.report.numbers
    assert story.case.supplements == 1
    assert story.case.report.title == "路灯不亮", "what was told first is not overwritten"


def test_a_supplement_without_a_place_leaves_the_case_waiting():
    story = begun(nowhere(), raw=None)
    assert story.play(again(nowhere(), raw=None), by="platform-12345") == ("ReportSupplemented",)
    assert story.case.status is Status.NO_LOCATION


def test_a_case_can_only_begin_with_a_report():
    with pytest.raises(AssertionError):
        Story().play(do.Accept())
