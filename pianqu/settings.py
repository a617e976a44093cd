"""The settings of an installation, read once from the environment and handed down as values."""

import os
import secrets
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, SecretStr
from pydantic_settings import SettingsConfigDict

from cases.files.scanning import check_address
from cases.policy import Policy
from pianqu.channel_settings import ChannelSettings
from pianqu.listening import ListeningSettings
from pianqu.provider_settings import ProviderSettings
from pianqu.sign_on_settings import SignOnSettings

HOST = "127.0.0.1"


def default_state_dir() -> Path:
    """Where root, or this user, keeps what must outlive the program (FHS, XDG)."""
    if os.geteuid() == 0:
        return Path(os.sep) / "var" / "lib" / "pianqu"
    data_home = os.environ.get("XDG_DATA_HOME")
    return (Path(data_home) if data_home else Path.home() / ".local" / "share") / "pianqu"


class Settings(ListeningSettings, ChannelSettings, SignOnSettings, ProviderSettings):
    """Every setting, each an environment variable `PIANQU_…`; docs/operations.md explains them."""

    model_config = SettingsConfigDict(
        env_prefix="PIANQU_", env_ignore_empty=True, frozen=True, extra="ignore"
    )

    database_url: str | None = Field(
        default=None,
        description="A PostGIS database of your own; without it, a private cluster is used.",
    )
    port: int = Field(default=8000, ge=1, le=65535, description="The port of the server.")
    state_dir: Path = Field(
        default_factory=default_state_dir,
        description="Where the private cluster, the webhook's secret and the logs are kept.",
    )
    street_centre_url: str | None = Field(
        default=None,
        description="Who gets refusals; without it, the built-in inbox of this server.",
    )
    webhook_secret: SecretStr | None = Field(
        default=None,
        description="Signs messages to the street centre; without it, one is made and kept.",
    )
    auto_refuse: bool = Field(
        default=False,
        description="Refuse at once what surely lies outside (A-7: the street's decision).",
    )
    auto_redispatch: bool = Field(
        default=False,
        description="Send on at once what lies in the other 片区 (A-20: the street's decision).",
    )
    clamd: Annotated[str, AfterValidator(check_address)] | None = Field(
        default=None,
        description="A virus scanner (clamd), as unix:/path or host:port; without it, none scans.",
    )
    demo: bool = Field(default=False, description="Show that the cases are invented.")
    tiles_above: int = Field(
        default=3000,
        ge=0,
        description="With more open cases than this the map is drawn from tiles, not from rows.",
    )
    desk_phones: dict[str, str] = Field(
        default={},
        description="Telephone number of each sub-centre, for the phone page's 联系分中心.",
    )
    basemap_url: str | None = Field(
        default=None, description="The operator's XYZ or WMTS tiles, with {z}, {x} and {y}."
    )
    basemap_datum: Literal["WGS84", "GCJ-02"] = Field(
        default="WGS84", description="The datum those tiles are drawn in."
    )
    basemap_attribution: str = Field(default="", description="The tiles' source, shown on the map.")

    @property
    def base_url(self) -> str:
        """The address of our own server."""
        # With TLS of our own, a name the certificate is for; this machine must resolve it, too.
        return self.public_origins[0] if self.tls else f"http://{self.near}:{self.port}"


def inbox_url(settings: Settings) -> str:
    """Where refusals go: the street centre's address, or our own inbox."""
    return settings.street_centre_url or f"{settings.base_url}/v1/street-centre/inbox"


def webhook_secret(settings: Settings) -> str:
    """The secret that signs messages; made on first use, kept where only we can read it."""
    if settings.webhook_secret:
        return settings.webhook_secret.get_secret_value()
    path = settings.state_dir / "webhook.secret"
    settings.state_dir.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    draft.touch(mode=0o600)
    draft.write_text(secrets.token_urlsafe(32))
    try:
        # Server and worker may both be first: a link is made once, and whole.
        path.hardlink_to(draft)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
    return path.read_text()


def policy(settings: Settings) -> Policy:
    """The policy values this installation is set to."""
    return Policy(auto_refuse=settings.auto_refuse, auto_redispatch=settings.auto_redispatch)
