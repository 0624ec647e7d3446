"""Single sign-on against a sign-in service of our own on 127.0.0.1: the real protocol."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from django.urls import reverse
from jwt.algorithms import RSAAlgorithm

from staff.models import AuditEntry, Employee
from tests.staff.mfa_helpers import code, give_app

pytestmark = pytest.mark.django_db
CLIENT = "svod"
SECRET = "client-secret"
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
FOREIGN_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)


class Service(BaseHTTPRequestHandler):
    """Discovery, keys, token and user info; what it says of the person is in `server.says`."""

    def log_message(self, *args):
        pass

    def do_GET(self):
        base, says = self.server.base, self.server.says
        pages = {
            "/.well-known/openid-configuration": {
                "issuer": base,
                "authorization_endpoint": f"{base}/authorize",
                "token_endpoint": f"{base}/token",
                "userinfo_endpoint": f"{base}/userinfo",
                "jwks_uri": f"{base}/keys",
                "token_endpoint_auth_methods_supported": ["client_secret_post"],
            },
            "/keys": {
                "keys": [{**RSAAlgorithm.to_jwk(KEY.public_key(), as_dict=True), "kid": "1"}]
            },
            "/userinfo": {"sub": says.sub_of_info, **says.claims},
        }
        self.answer(pages[self.path])

    def do_POST(self):
        body = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        self.server.exchanged.append({name: values[0] for name, values in body.items()})
        says, now = self.server.says, int(time.time())
        claims = {"iss": self.server.base, "aud": CLIENT, "sub": "42", "iat": now, "exp": now + 300}
        token = jwt.encode(claims | says.token, says.key, algorithm="RS256", headers={"kid": "1"})
        self.answer({"access_token": "a", "token_type": "Bearer", "id_token": token})

    def answer(self, data):
        body = json.dumps(data).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@pytest.fixture
def service(settings):
    """The service, and the portal told of it."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Service)
    server.base = f"http://127.0.0.1:{server.server_port}"
    server.exchanged = []
    verified = {"email": "Anna@svod.example", "email_verified": True}
    server.says = SimpleNamespace(claims=verified, token={}, key=KEY, sub_of_info="42")
    settings.OIDC_NAME = "Company account"
    app = {
        "provider_id": "oidc",
        "name": "Company account",
        "client_id": CLIENT,
        "secret": SECRET,
        "settings": {"server_url": server.base, "oauth_pkce_enabled": True},
    }
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": [app]}}
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def go(client, **query):
    """To the service: what the portal asks it for."""
    answer = client.get(f"{reverse('sign_in_sso')}?{urlencode(query)}")
    assert answer.status_code == 302, answer.content
    sent = urlsplit(answer.url)
    return sent, {name: values[0] for name, values in parse_qs(sent.query).items()}


def come_back(client, state, **more):
    url = reverse("openid_connect_callback", args=["oidc"])
    return client.get(url, {"code": "the-code", "state": state} | more)


def through(client, **query):
    return come_back(client, go(client, **query)[1]["state"])


def signed_in_as(client):
    return client.session.get("_auth_user_id")


def test_it_is_off_until_configured(client):
    assert client.get(reverse("sign_in_sso")).status_code == 404
    assert come_back(client, "x").status_code == 404
    assert reverse("sign_in_sso") not in client.get(reverse("sign_in")).content.decode()


def test_the_sign_in_page_has_the_button(client, service):
    page = client.get(reverse("sign_in")).content.decode()
    assert "Company account" in page
    assert reverse("sign_in_sso") in page


def test_a_verified_email_opens_the_portal(client, world, service):
    answer = through(client, next="/people/")
    assert (answer.status_code, answer.url) == (302, "/people/")
    assert signed_in_as(client) == str(world.anna.pk)
    entry = AuditEntry.objects.get(event="sign_in.ok")
    assert (entry.actor, entry.about) == (world.anna, {"way": "oidc"})


def test_pkce_and_state_are_used(client, world, service):
    sent, asked = go(client)
    assert f"{sent.scheme}://{sent.netloc}{sent.path}" == f"{service.base}/authorize"
    assert asked["code_challenge_method"] == "S256"
    assert asked["redirect_uri"] == "http://testserver/sign-in/sso/oidc/back/"
    come_back(client, asked["state"])
    (exchanged,) = service.exchanged
    digest = hashlib.sha256(exchanged["code_verifier"].encode()).digest()
    assert base64.urlsafe_b64encode(digest).rstrip(b"=").decode() == asked["code_challenge"]


@pytest.mark.parametrize("state", ["", "guessed"])
def test_an_answer_nobody_asked_for_is_refused(client, world, service, state):
    go(client)
    assert come_back(client, state).status_code == 400
    assert signed_in_as(client) is None
    assert service.exchanged == []


def test_a_state_is_good_once(client, world, service):
    state = go(client)[1]["state"]
    come_back(client, state)
    client.logout()
    assert come_back(client, state).status_code == 400


@pytest.mark.parametrize(
    "claims",
    [
        {"email": "nobody@svod.example", "email_verified": True},
        {"email": "gone@svod.example", "email_verified": True},
        {"email": "anna@svod.example", "email_verified": False},
        {"email": "anna@svod.example"},
        {"email": "", "email_verified": True},
        {"email": "anna@svod.example\0", "email_verified": True},
    ],
    ids=["unknown", "deactivated", "unverified", "unsaid", "empty", "nul"],
)
def test_the_unknown_and_the_unproven_are_refused_with_a_page(client, world, service, claims):
    service.says.claims = claims
    answer = through(client)
    assert answer.status_code == 403
    assert reverse("sign_in") in answer.content.decode()
    assert signed_in_as(client) is None
    assert AuditEntry.objects.filter(event="sign_in.unknown").exists()


@pytest.mark.parametrize(
    "token",
    [{"aud": "another"}, {"iss": "https://evil.example"}, {"exp": 1}],
    ids=["audience", "issuer", "expired"],
)
def test_a_token_for_others_is_refused(client, world, service, token):
    service.says.token = token
    assert through(client).status_code == 400
    assert signed_in_as(client) is None


def test_a_token_signed_by_another_is_refused(client, world, service):
    service.says.key = FOREIGN_KEY
    assert through(client).status_code == 400
    assert signed_in_as(client) is None


def test_user_info_about_somebody_else_is_refused(client, world, service):
    service.says.sub_of_info = "43"
    assert through(client).status_code == 403
    assert signed_in_as(client) is None


def test_a_refusal_of_the_service_is_told(client, world, service):
    url = reverse("openid_connect_callback", args=["oidc"])
    answer = client.get(url, {"error": "access_denied", "state": go(client)[1]["state"]})
    assert answer.status_code == 400


def test_a_service_that_is_away_is_told(client, world, service, settings):
    app = settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"][0]
    app["settings"]["server_url"] = "http://127.0.0.1:9"
    assert client.get(reverse("sign_in_sso")).status_code == 400


def test_the_second_factor_is_asked_for_here_too(client, world, service):
    give_app(world.anna)
    answer = through(client, next="/people/")
    assert answer.url == reverse("sign_in_second")
    assert signed_in_as(client) is None
    assert client.post(answer.url, {"code": code()}).url == "/people/"


@pytest.mark.parametrize("target", ["//evil.example/", "https://evil.example/"])
def test_next_leads_only_to_this_host(client, world, service, target):
    assert through(client, next=target).url == "/"


def test_new_people_are_added_only_where_that_is_wanted(client, world, service, settings):
    settings.OIDC_CREATE = True
    names = {"family_name": "Новая", "given_name": "Вера"}
    service.says.claims = {"email": "vera@svod.example", "email_verified": True, **names}
    assert through(client).status_code == 302
    vera = Employee.objects.get(email="vera@svod.example")
    assert (str(vera), vera.is_staff, vera.has_usable_password()) == ("Новая Вера", False, False)
    assert signed_in_as(client) == str(vera.pk)


def test_confirming_asks_the_service_to_ask_anew(client, world, service):
    client.force_login(world.anna)
    assert go(client)[1]["prompt"] == "login"
