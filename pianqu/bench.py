"""What the worker works with, made once from the settings."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection, Engine

from cases import desk, report_jobs
from cases.channels.choosing import Reach, Ways
from cases.channels.exchange import Line
from cases.channels.sms import Gateway, Sms, read_book
from cases.channels.webhook import StreetCentre
from cases.channels.wecom import Account, Robot, WeCom
from pianqu.channel_settings import ChannelSettings

SEND_TIMEOUT_S = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Channels:
    """The ways out of the house this installation has; none but the webhook by default."""

    wecom: WeCom | None = None
    robot: Robot | None = None
    sms: Sms | None = None
    book: Mapping[str, str] = field(default_factory=dict)
    cards: bool = False
    link: str | None = None

    @property
    def ways(self) -> Ways:
        """What `choosing` may choose from."""
        return Ways(wecom=self.wecom is not None, sms=self.sms is not None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """What the worker works with; `reaches` tells how the holders of a post can be reached."""

    engine: Engine
    office: desk.Office
    target: StreetCentre
    make_report: Callable[[Connection, report_jobs.Job, datetime], bytes]
    now: Callable[[], datetime]
    reaches: Callable[[Connection, str, datetime], Sequence[Reach]]
    channels: Channels = field(default_factory=Channels)


def make_channels(settings: ChannelSettings, now: Callable[[], datetime]) -> Channels:
    """The ways out that are set up."""
    line = Line(
        ca_bundle=settings.wecom_ca_bundle, proxy=settings.wecom_proxy, within_s=SEND_TIMEOUT_S
    )
    wecom = robot = sms = None
    if settings.wecom_corp_id and settings.wecom_secret and settings.wecom_agent_id is not None:
        account = Account(
            base_url=settings.wecom_base_url,
            corp_id=settings.wecom_corp_id,
            agent_id=settings.wecom_agent_id,
            secret=settings.wecom_secret.get_secret_value(),
        )
        wecom = WeCom(account, line, now)
    if settings.wecom_robot_url:
        robot = Robot(settings.wecom_robot_url.get_secret_value(), line, now)
    book: Mapping[str, str] = {}
    if settings.sms_url and settings.sms_secret and settings.sms_book:
        secret = settings.sms_secret.get_secret_value().encode()
        plain = Line(within_s=SEND_TIMEOUT_S)
        sms = Gateway(url=settings.sms_url, secret=secret, line=plain, now=now)
        book = read_book(settings.sms_book)
    return Channels(
        wecom=wecom,
        robot=robot,
        sms=sms,
        book=book,
        cards=settings.wecom_cards and settings.wecom_token is not None,
        link=settings.wecom_link,
    )
