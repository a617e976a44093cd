"""Where the server listens and by which names it is known: loopback, or more, but never in clear.

Beyond loopback passwords and cookies cross a network, so `check` refuses to start without TLS of
our own or a proxy we were told to trust. The names (`PIANQU_PUBLIC_ORIGINS`) are what `api.guard`
lets in besides loopback.
"""

from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import BeforeValidator, Field, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from store.errors import StoreError

LOOPBACK = "127.0.0.1"
_ANY = {"0.0.0.0", "::"}


class MayNotListen(StoreError):
    """The server would be reachable in a way nobody should reach it."""


def _several(value: object) -> object:
    if isinstance(value, str):
        return tuple(part.strip() for part in value.split(",") if part.strip())
    return value


Several = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_several)]


class ListeningSettings(BaseSettings):
    """A part of `Settings`; docs/operations.md explains each under “Beyond loopback”."""

    model_config = SettingsConfigDict(hide_input_in_errors=True)

    bind: str = Field(default=LOOPBACK, description="The address the server listens on.")
    tls_cert: Path | None = Field(default=None, description="Our certificate and its chain, PEM.")
    tls_key: Path | None = Field(default=None, description="The certificate's key, PEM.")
    trusted_proxies: Several = Field(
        default=(), description="Addresses or networks of proxies whose X-Forwarded-… we believe."
    )
    public_origins: Several = Field(
        default=(), description="What stands in the browser's address bar: https://name[:port]."
    )

    @model_validator(mode="after")
    def _readable(self) -> "ListeningSettings":
        ip_address(self.bind)
        for proxy in self.trusted_proxies:
            ip_network(proxy)  # "*" is none: it would let everybody say who they are
        for origin in self.public_origins:
            _check_origin(origin)
        if (self.tls_cert is None) != (self.tls_key is None):
            raise ValueError("PIANQU_TLS_CERT and PIANQU_TLS_KEY go together")
        return self

    @property
    def tls(self) -> bool:
        """Whether we speak TLS ourselves."""
        return self.tls_cert is not None

    @property
    def public_hosts(self) -> frozenset[str]:
        """The names of the public origins, for the guard."""
        return frozenset(urlsplit(origin).hostname or "" for origin in self.public_origins)

    @property
    def near(self) -> str:
        """The address under which this machine reaches its own server."""
        if self.bind in _ANY:
            return LOOPBACK if self.bind != "::" else "[::1]"
        return f"[{self.bind}]" if ":" in self.bind else self.bind


def _check_origin(origin: str) -> None:
    parts = urlsplit(origin)
    if parts.scheme != "https" or not parts.hostname or origin != f"https://{parts.netloc}":
        raise ValueError("PIANQU_PUBLIC_ORIGINS must be like https://name or https://name:port")
    if parts.username is not None or origin != origin.lower():
        raise ValueError("PIANQU_PUBLIC_ORIGINS must be a lower-case name without a user")


def check(settings: ListeningSettings, *, demo: bool) -> None:
    """Refuse to start where it would not be safe.

    Raises:
        MayNotListen: says in both languages what is missing.
    """
    beyond = not ip_address(settings.bind).is_loopback
    if demo and (beyond or settings.public_origins):
        raise MayNotListen(
            "演示模式人人可用任意岗位登录，只能在本机使用。"
            " The demo lets anybody in as any post, so it stays on loopback.",
            repair="unset PIANQU_BIND and PIANQU_PUBLIC_ORIGINS, or run `pianqu serve` instead.",
        )
    if beyond and not settings.tls and not settings.trusted_proxies:
        raise MayNotListen(
            f"监听 {settings.bind} 须有 TLS 证书或可信代理，否则密码明文传输。"
            f" {settings.bind} is beyond loopback and there is neither TLS nor a trusted proxy:"
            " passwords would cross the network in clear.",
            repair="set PIANQU_TLS_CERT and PIANQU_TLS_KEY, or PIANQU_TRUSTED_PROXIES.",
        )
    if (beyond or settings.tls) and not settings.public_origins:
        raise MayNotListen(
            "请写明浏览器访问的地址。 The server must know the name it is reached by.",
            repair="PIANQU_PUBLIC_ORIGINS=https://pianqu.example.gov.cn",
        )
    for file in filter(None, (settings.tls_cert, settings.tls_key)):
        if not file.is_file():
            raise MayNotListen(
                f"找不到证书文件 {file}。 There is no file {file}.",
                repair="check PIANQU_TLS_CERT and PIANQU_TLS_KEY.",
            )
