"""Our client against a stub of our own that honours the documented contract, over loopback."""

import logging
from datetime import UTC, datetime, timedelta

import pytest
from wecom_stub import AGENT, CORP, ROBOT_KEY, SECRET, wecom_stub

from cases.channels.exchange import DeliveryFailed, Line
from cases.channels.letters import text
from cases.channels.wecom import Account, Robot, WeCom

LETTER = text({"title": "协调", "text": "请到场", "case_number": "20261124-0031", "urgent": True})


class Clock:
    now = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def stub():
    with wecom_stub("Li", "Wang") as stub:
        yield stub


def client(stub, clock, *, secret=SECRET, agent=AGENT):
    account = Account(base_url=stub.url + "/", corp_id=CORP, agent_id=agent, secret=secret)
    return WeCom(account, Line(within_s=5), clock)


def test_one_token_serves_many_messages(stub, clock):
    wecom = client(stub, clock)
    assert wecom.send(["Li"], LETTER).provider_id == "msg-1"
    other = text({"title": "另一条"})
    assert wecom.send(["Li", "Wang"], other).provider_id == "msg-2"
    assert stub.calls.count("/cgi-bin/gettoken") == 1
    assert stub.sent[0]["text"]["content"] == "【紧急】协调（1124-0031）\n请到场"
    clock.now += timedelta(minutes=114)
    wecom.send(["Li"], LETTER)
    assert stub.calls.count("/cgi-bin/gettoken") == 1
    clock.now += timedelta(minutes=2)  # five minutes before its end
    wecom.send(["Li"], LETTER)
    assert stub.calls.count("/cgi-bin/gettoken") == 2


def test_a_second_copy_is_dropped_by_the_provider(stub, clock):
    wecom = client(stub, clock)
    first, second = wecom.send(["Li"], LETTER), wecom.send(["Li"], LETTER)
    assert first == second
    assert len(stub.sent) == 1


@pytest.mark.parametrize("code", [42001, 40014])
def test_a_token_taken_back_early_is_fetched_once_anew(stub, clock, code):
    wecom = client(stub, clock)
    wecom.send(["Li"], LETTER)
    stub.expire() if code == 42001 else stub.tokens.clear()
    wecom.send(["Wang"], LETTER)
    assert [sent["users"] for sent in stub.sent] == [["Li"], ["Wang"]]
    assert stub.calls.count("/cgi-bin/gettoken") == 2


def test_a_provider_that_never_takes_our_token_is_not_asked_for_ever(stub, clock):
    wecom = client(stub, clock)
    wecom.send(["Li"], LETTER)
    stub.plan = [42001, None, 42001]
    with pytest.raises(DeliveryFailed, match="42001"):
        wecom.send(["Wang"], LETTER)
    assert len(stub.sent) == 1


def test_those_who_were_not_reached_are_named(stub, clock):
    sent = client(stub, clock).send(["Li", "Gone", "Wang"], LETTER)
    assert sent.unreached == ("Gone",)
    assert stub.sent[0]["users"] == ["Li", "Wang"]


def test_nobody_reached_is_a_final_failure(stub, clock):
    with pytest.raises(DeliveryFailed) as failure:
        client(stub, clock).send(["Gone"], LETTER)
    assert failure.value.final


def test_more_than_a_thousand_go_in_parts(stub, clock):
    stub.users = {f"u{i}" for i in range(1500)}
    sent = client(stub, clock).send([*sorted(stub.users), "Gone"], LETTER)
    assert [len(part["users"]) for part in stub.sent] == [1000, 500]
    assert sent.unreached == ("Gone",)


def test_too_often_waits_a_minute(stub, clock):
    stub.plan = [None, 45009]
    with pytest.raises(DeliveryFailed) as failure:
        client(stub, clock).send(["Li"], LETTER)
    assert (failure.value.pause_s, failure.value.final) == (60, False)


def test_a_wrong_secret_or_agent_is_said_without_the_secret(stub, clock, caplog):
    with caplog.at_level(logging.DEBUG), pytest.raises(DeliveryFailed, match="40001"):
        client(stub, clock, secret="wr0ng-secret").send(["Li"], LETTER)
    with pytest.raises(DeliveryFailed, match="301002"):
        client(stub, clock, agent=7).send(["Li"], LETTER)
    assert "wr0ng-secret" not in caplog.text
    assert "wr0ng" not in repr(Account(base_url="x", corp_id="c", agent_id=1, secret="wr0ng"))


def test_a_provider_that_is_away_or_broken(stub, clock):
    stub.plan = ["502"]
    with pytest.raises(DeliveryFailed, match="HTTP 502"):
        client(stub, clock).send(["Li"], LETTER)
    account = Account(base_url="http://127.0.0.1:1", corp_id=CORP, agent_id=AGENT, secret=SECRET)
    with pytest.raises(DeliveryFailed, match="no connection") as failure:
        WeCom(account, Line(), clock).send(["Li"], LETTER)
    assert SECRET not in str(failure.value)


def test_the_robot_counts_for_itself_and_believes_the_provider(stub, clock):
    robot = Robot(f"{stub.url}/cgi-bin/webhook/send?key={ROBOT_KEY}", Line(), clock)
    for n in range(20):
        robot.say(f"第{n}条")
    with pytest.raises(DeliveryFailed) as failure:
        robot.say("太多")
    assert (failure.value.pause_s, len(stub.said)) == (60, 20)
    clock.now += timedelta(seconds=61)
    with pytest.raises(DeliveryFailed, match="45009") as failure:  # others use it too
        robot.say("他人也在用")
    assert failure.value.pause_s == 60
    stub.robot_left = 1
    robot.say("又可以了")
    assert stub.said[-1] == "又可以了"


def test_the_stub_is_what_another_client_expects(stub):
    """wechatpy, which knows nothing of ours, finds a WeCom there: so the stub is no echo of us."""
    from wechatpy.enterprise import WeChatClient

    class There(WeChatClient):
        API_BASE_URL = stub.url + "/cgi-bin/"

        def fetch_access_token(self):
            url = f"{stub.url}/cgi-bin/gettoken"
            return self._fetch_access_token(
                url=url, params={"corpid": self.corp_id, "corpsecret": self.secret}
            )

    other = There(CORP, SECRET)
    other.message.send_text(AGENT, ["Li"], "你好")
    stub.expire()
    other.message.send_text(AGENT, ["Wang"], "再见")
    assert [sent["users"] for sent in stub.sent] == [["Li"], ["Wang"]]
