"""Half a channel is none, and no secret is printed."""

import base64

import pytest
from pydantic import ValidationError

from pianqu.bench import make_channels
from pianqu.channel_settings import wecom_seal
from pianqu.settings import Settings

KEY = base64.b64encode(bytes(range(32))).decode().rstrip("=")
APP = {"WECOM_CORP_ID": "ww", "WECOM_AGENT_ID": "0", "WECOM_SECRET": "s3cret"}
CALLBACK = {"WECOM_TOKEN": "t0ken", "WECOM_AES_KEY": KEY}


@pytest.fixture
def settings(monkeypatch):
    def made(**told):
        for name, value in told.items():
            monkeypatch.setenv(f"PIANQU_{name}", str(value))
        return Settings()

    return made


def test_everything_is_off_by_default(settings):
    channels = make_channels(settings(), lambda: None)
    assert (channels.wecom, channels.robot, channels.sms) == (None, None, None)
    assert wecom_seal(settings()) is None


def test_everything_can_be_on(settings, tmp_path):
    book = tmp_path / "book.csv"
    book.write_text("staff_id,phone\nS1,13800000000\n")
    found = settings(
        **APP,
        **CALLBACK,
        WECOM_BASE_URL="https://gov.example:7443",
        WECOM_ROBOT_URL="https://gov.example/cgi-bin/webhook/send?key=k",
        WECOM_CARDS="true",
        SMS_URL="https://sms.example/send",
        SMS_SECRET="x",
        SMS_BOOK=book,
    )
    channels = make_channels(found, lambda: None)
    assert channels.ways.wecom
    assert channels.ways.sms
    assert channels.robot is not None
    assert (channels.cards, channels.book) == (True, {"S1": "13800000000"})
    assert wecom_seal(found).receive_id == "ww"


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ({"WECOM_SECRET": "s3cret"}, "go together"),
        ({"WECOM_AGENT_ID": "0", "WECOM_CORP_ID": "ww"}, "go together"),
        ({**APP, "WECOM_TOKEN": "t0ken"}, "go together"),
        (CALLBACK, "needs PIANQU_WECOM_CORP_ID"),
        ({**APP, **CALLBACK, "WECOM_AES_KEY": "t00short"}, "EncodingAESKey"),
        ({"SMS_URL": "https://sms.example"}, "go together"),
        ({**APP, "WECOM_BASE_URL": "http://gov.example"}, "must be https"),
        ({"WECOM_ROBOT_URL": "ftp://gov.example/?key=s3cret"}, "must be https"),
    ],
)
def test_half_a_channel_is_said_at_the_start(settings, told, words):
    with pytest.raises(ValidationError, match=words) as failure:
        settings(**told)
    for secret in ("s3cret", "t0ken", "t00short", KEY):
        assert secret not in str(failure.value)
    assert "s3cret" not in repr(failure.value.title)
