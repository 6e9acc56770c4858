"""Single sign-on, against a small provider of our own on this machine: discovery, code with PKCE, signed token, user info."""

from __future__ import annotations

import base64
import json
import threading
import time
from collections.abc import Iterator
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from django.test import Client, override_settings
from jwt.algorithms import RSAAlgorithm

from paceline.people.models import User
from tests.product.conftest import Cast

KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
SECRET = "the client's secret"


class Provider(ThreadingHTTPServer):
    """Says who the person is whose address and verification it was told."""

    email, verified = "rep@example.com", True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answer)
        self.issuer = f"http://127.0.0.1:{self.server_address[1]}"
        self.challenge, self.asked = "", list[str]()


class _Answer(BaseHTTPRequestHandler):
    server: Provider

    def do_GET(self) -> None:
        path = urlsplit(self.path).path
        issuer = self.server.issuer
        self.server.asked.append(path)
        if path == "/.well-known/openid-configuration":
            self._say({"issuer": issuer, "authorization_endpoint": f"{issuer}/authorize", "token_endpoint": f"{issuer}/token",
                       "userinfo_endpoint": f"{issuer}/userinfo", "jwks_uri": f"{issuer}/jwks"})
        elif path == "/jwks":
            public = json.loads(RSAAlgorithm.to_jwk(KEY.public_key()))
            self._say({"keys": [{**public, "kid": "one", "alg": "RS256", "use": "sig"}]})
        else:
            self._say(self._claims())

    def do_POST(self) -> None:
        told = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        self.server.asked.append("/token")
        proof = base64.urlsafe_b64encode(sha256(told["code_verifier"][0].encode()).digest()).rstrip(b"=").decode()
        assert proof == self.server.challenge, "the code was asked for by somebody else"
        now = int(time.time())
        claims = {**self._claims(), "iss": self.server.issuer, "aud": "paceline", "iat": now, "exp": now + 60}
        token = jwt.encode(claims, KEY, algorithm="RS256", headers={"kid": "one"})
        self._say({"access_token": "opaque", "token_type": "Bearer", "id_token": token, "expires_in": 60})

    def _claims(self) -> dict[str, object]:
        email = self.server.email
        return {"sub": f"id of {email}", "email": email, "email_verified": self.server.verified, "name": "X"}

    def _say(self, what: object) -> None:
        text = json.dumps(what).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, format: str, *args: object) -> None:
        """Not to stderr."""


@pytest.fixture
def provider() -> Iterator[Provider]:
    server = Provider()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    app = {"provider_id": "sso", "name": "Example account", "client_id": "paceline", "secret": SECRET,
           "settings": {"server_url": server.issuer}}
    providers = {"openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": [app]}}
    with override_settings(SSO=True, SSO_ORIGIN=server.issuer, SOCIALACCOUNT_PROVIDERS=providers):
        yield server
    server.shutdown()
    server.server_close()


def _through(provider: Provider, state: str | None = None) -> Client:
    """A browser that followed the button to the provider and came back with a code."""
    client = Client()
    away = client.post("/sso/sso/")
    assert away.status_code == 302, away.content.decode()
    asked = parse_qs(urlsplit(away["Location"]).query)
    assert away["Location"].startswith(provider.issuer + "/authorize")
    assert asked["redirect_uri"] == ["http://testserver/sso/sso/back/"]
    assert asked["code_challenge_method"] == ["S256"]
    provider.challenge = asked["code_challenge"][0]
    client.get("/sso/sso/back/", {"code": "a code", "state": state or asked["state"][0]})
    return client


def _who(client: Client) -> str | None:
    number = client.session.get("_auth_user_id")
    return None if number is None else User.objects.get(pk=number).email


def test_the_log_in_page_has_the_companys_button(provider: Provider) -> None:
    answer = Client().get("/log-in/")
    page = answer.content.decode()
    # A browser follows a form to where it is sent on only if the policy names the place.
    assert f"form-action 'self' {provider.issuer};" in answer["Content-Security-Policy"]
    assert "Example account" in page
    assert 'action="/sso/sso/' in page
    assert Client().get("/sso/sso/").status_code == 200, "a link from elsewhere asks first"
    assert provider.asked == []


def test_an_invited_person_logs_in_with_the_verified_address(provider: Provider, cast: Cast) -> None:  # noqa: ARG001
    assert _who(_through(provider)) == "rep@example.com"
    assert "/token" in provider.asked
    assert _who(_through(provider)) == "rep@example.com"


def test_nobody_gets_an_account_by_the_provider_alone(provider: Provider, cast: Cast) -> None:  # noqa: ARG001
    before = User.objects.count()
    provider.email = "stranger@example.com"
    assert _who(_through(provider)) is None
    provider.email, provider.verified = "rep@example.com", False
    assert _who(_through(provider)) is None, "an address that the provider hasn't verified may be anybody's"
    assert User.objects.count() == before


def test_a_deactivated_person_stays_out(provider: Provider, cast: Cast) -> None:  # noqa: ARG001
    provider.email = "deactivated@example.com"
    client = _through(provider)
    assert client.get("/you/").status_code == 302


def test_an_answer_that_nobody_asked_for_is_refused(provider: Provider, cast: Cast) -> None:  # noqa: ARG001
    assert _who(_through(provider, state="made up")) is None
    assert "/token" not in provider.asked
