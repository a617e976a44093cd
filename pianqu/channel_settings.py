"""The settings of the ways out: 政务微信, its robot, text messages. All off until they are set."""

from pathlib import Path
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from cases.channels.wecom_crypto import Seal

_LOOPBACK = {"127.0.0.1", "localhost", "::1"}


class ChannelSettings(BaseSettings):
    """A part of `Settings`; docs/operations.md explains each under “Telling people”."""

    # A mistake in one value must not print the others: secrets are among them.
    model_config = SettingsConfigDict(hide_input_in_errors=True)

    wecom_base_url: str = Field(
        default="https://qyapi.weixin.qq.com",
        description="Where 政务微信 is: a private installation has a host and port of its own.",
    )
    wecom_corp_id: str | None = Field(default=None, description="The corp id (CorpID).")
    wecom_agent_id: int | None = Field(default=None, description="Our application (AgentId).")
    wecom_secret: SecretStr | None = Field(default=None, description="Its secret.")
    wecom_token: SecretStr | None = Field(
        default=None, description="The callback's token; with the key it opens the callback."
    )
    wecom_aes_key: SecretStr | None = Field(
        default=None, description="The callback's EncodingAESKey, 43 characters."
    )
    wecom_ca_bundle: Path | None = Field(
        default=None, description="Whose certificates we trust there, where not the public ones."
    )
    wecom_proxy: str | None = Field(default=None, description="The HTTP proxy on the way there.")
    wecom_robot_url: SecretStr | None = Field(
        default=None, description="A group's robot, told of what stays unread; its key is in it."
    )
    wecom_cards: bool = Field(
        default=False,
        description="Send urgent pushes as a card whose button is the receipt (needs callback).",
    )
    wecom_link: str | None = Field(
        default=None, description="Our address as phones reach it; cards then open the case."
    )
    sms_url: str | None = Field(
        default=None, description="A gateway for text messages; without it none are sent."
    )
    sms_secret: SecretStr | None = Field(
        default=None, description="Signs what goes to the gateway."
    )
    sms_book: Path | None = Field(
        default=None, description="A CSV of staff_id and phone; the numbers stay out of our tables."
    )

    @model_validator(mode="after")
    def _whole(self) -> "ChannelSettings":
        """Half a channel is none: say so at the start and not at the first urgent message."""
        application = (self.wecom_agent_id, self.wecom_secret)
        given = [value is not None for value in application]
        if any(given) and not (all(given) and self.wecom_corp_id):
            raise ValueError(
                "PIANQU_WECOM_CORP_ID, PIANQU_WECOM_AGENT_ID and PIANQU_WECOM_SECRET go together"
            )
        if (self.wecom_token is None) != (self.wecom_aes_key is None):
            raise ValueError("PIANQU_WECOM_TOKEN and PIANQU_WECOM_AES_KEY go together")
        if self.wecom_token is not None:
            if self.wecom_corp_id is None:
                raise ValueError("the callback needs PIANQU_WECOM_CORP_ID")
            assert wecom_seal(self) is not None
        if len({self.sms_url is None, self.sms_secret is None, self.sms_book is None}) > 1:
            raise ValueError("PIANQU_SMS_URL, PIANQU_SMS_SECRET and PIANQU_SMS_BOOK go together")
        for name in ("wecom_base_url", "sms_url"):
            _check_address(name, getattr(self, name))
        if self.wecom_robot_url:
            _check_address("wecom_robot_url", self.wecom_robot_url.get_secret_value())
        return self


def _check_address(name: str, url: str | None) -> None:
    if url is None:
        return
    parts = urlsplit(url)
    if parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK):
        return
    # Secrets and tokens travel in these addresses.
    raise ValueError(f"PIANQU_{name.upper()} must be https")


def wecom_seal(settings: ChannelSettings) -> Seal | None:
    """What the callback is checked with, where it is set up.

    Raises:
        ValueError: the key is no EncodingAESKey.
    """
    if not (settings.wecom_token and settings.wecom_aes_key and settings.wecom_corp_id):
        return None
    seal = Seal(
        token=settings.wecom_token.get_secret_value(),
        aes_key=settings.wecom_aes_key.get_secret_value(),
        receive_id=settings.wecom_corp_id,
    )
    assert len(seal.key) == 32
    return seal
