"""The settings of the single sign-on: none of them, or enough of them."""

from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from cases.channels.oidc import SingleSignOn

_NEAR = {"127.0.0.1", "localhost", "::1"}
CALLBACK = "/v1/session/oidc/callback"


def _safe(address: str) -> str:
    parts = urlsplit(address)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _NEAR):
        raise ValueError("must be https (http only on loopback)")
    return address


Address = Annotated[str, AfterValidator(_safe)]


class SignOnSettings(BaseSettings):
    """A part of `Settings`; docs/operations.md explains each under “Single sign-on”."""

    model_config = SettingsConfigDict(hide_input_in_errors=True)

    oidc_issuer: Address | None = Field(
        default=None, description="The provider's issuer, exactly as it says itself."
    )
    oidc_client_id: str | None = Field(default=None, description="Our client id there.")
    oidc_client_secret: SecretStr | None = Field(
        default=None, description="Our secret there; without it we are a public client (PKCE)."
    )
    oidc_scope: str = Field(default="openid", description="What we ask for.")
    oidc_ca_bundle: str | None = Field(default=None, description="Certificates trusted there.")
    oidc_proxy: str | None = Field(default=None, description="The HTTP proxy on the way there.")

    @model_validator(mode="after")
    def _whole(self) -> "SignOnSettings":
        if (self.oidc_issuer is None) != (self.oidc_client_id is None):
            raise ValueError("PIANQU_OIDC_ISSUER and PIANQU_OIDC_CLIENT_ID go together")
        return self


def single_sign_on(settings: SignOnSettings, base_url: str) -> SingleSignOn | None:
    """The provider, when one is set up; it sends browsers back to `base_url`."""
    if settings.oidc_issuer is None or settings.oidc_client_id is None:
        return None
    secret = settings.oidc_client_secret
    return SingleSignOn(
        issuer=settings.oidc_issuer,
        client_id=settings.oidc_client_id,
        client_secret=secret.get_secret_value() if secret else None,
        redirect_uri=base_url + CALLBACK,
        scope=settings.oidc_scope,
        ca_bundle=settings.oidc_ca_bundle,
        proxy=settings.oidc_proxy,
    )
