"""The settings of the online geocoders. All off until their keys are set."""

from urllib.parse import urlsplit

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from geo.providers import amap, baidu, tencent, tianditu
from geo.providers.asking import Asker, make_client
from geo.providers.protocol import Provider

_LOOPBACK = {"127.0.0.1", "localhost", "::1"}


class ProviderSettings(BaseSettings):
    """A part of `Settings`; docs/operations.md explains each under “Online geocoders”."""

    # A mistake in one value must not print the others: keys are among them.
    model_config = SettingsConfigDict(hide_input_in_errors=True)

    tianditu_key: SecretStr | None = Field(default=None, description="Our key (tk) at 天地图.")
    tianditu_base_url: str = Field(default=tianditu.BASE_URL, description="Where 天地图 is.")
    amap_key: SecretStr | None = Field(default=None, description="Our Web service key at 高德.")
    amap_base_url: str = Field(default=amap.BASE_URL, description="Where 高德 is.")
    tencent_key: SecretStr | None = Field(
        default=None, description="Our WebServiceAPI key at 腾讯位置服务."
    )
    tencent_base_url: str = Field(default=tencent.BASE_URL, description="Where 腾讯 is.")
    baidu_key: SecretStr | None = Field(default=None, description="Our server-side ak at 百度.")
    baidu_base_url: str = Field(default=baidu.BASE_URL, description="Where 百度 is.")
    provider_budget: int = Field(
        default=1000, ge=0, description="Questions a day to each online geocoder, by one process."
    )
    provider_proxy: SecretStr | None = Field(
        default=None, description="The HTTP proxy on the way to the online geocoders."
    )

    @model_validator(mode="after")
    def _safe(self) -> "ProviderSettings":
        """Keys travel in these addresses."""
        for name in ("tianditu", "amap", "tencent", "baidu"):
            parts = urlsplit(getattr(self, f"{name}_base_url"))
            near = parts.scheme == "http" and parts.hostname in _LOOPBACK
            if parts.scheme != "https" and not near:
                raise ValueError(f"PIANQU_{name.upper()}_BASE_URL must be https")
        return self


def providers(settings: ProviderSettings) -> tuple[Provider, ...]:
    """The online geocoders that have a key, the state's own first."""
    found: list[Provider] = []
    if settings.tianditu_key:
        key = settings.tianditu_key.get_secret_value()
        found.append(tianditu.Tianditu(key=key, base_url=_base(settings.tianditu_base_url)))
    if settings.amap_key:
        key = settings.amap_key.get_secret_value()
        found.append(amap.Amap(key=key, base_url=_base(settings.amap_base_url)))
    if settings.tencent_key:
        key = settings.tencent_key.get_secret_value()
        found.append(tencent.Tencent(key=key, base_url=_base(settings.tencent_base_url)))
    if settings.baidu_key:
        key = settings.baidu_key.get_secret_value()
        found.append(baidu.Baidu(key=key, base_url=_base(settings.baidu_base_url)))
    return tuple(found)


def asker(settings: ProviderSettings) -> Asker:
    """Who asks them; without a key it asks nobody. Made once per process."""
    proxy = settings.provider_proxy.get_secret_value() if settings.provider_proxy else None
    return Asker(providers(settings), make_client(proxy), budget=settings.provider_budget)


def _base(url: str) -> str:
    return url.rstrip("/")
