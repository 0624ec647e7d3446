"""docker-compose.yml and the Dockerfile, read as text: no engine is needed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES = COMPOSE["services"]
OURS = ["migrate", "web", "worker", "beat"]


def variables(name):
    lines = (ROOT / "docs" / name).read_text().splitlines()
    return {line.partition("=")[0] for line in lines if re.match(r"[A-Z]", line)}


def test_every_part_is_there():
    assert set(SERVICES) == {"postgres", "redis", *OURS}


@pytest.mark.parametrize("name", ["postgres", "redis", "web", "worker", "beat"])
def test_what_runs_is_watched_and_restarted(name):
    assert SERVICES[name]["healthcheck"]["test"]
    assert SERVICES[name]["restart"] == "unless-stopped"


@pytest.mark.parametrize("name", ["web", "worker", "beat"])
def test_nothing_serves_before_the_migrations(name):
    assert SERVICES[name]["depends_on"]["migrate"] == {
        "condition": "service_completed_successfully"
    }
    assert SERVICES[name]["environment"]["SVOD_ROLE"] == name


def test_migrate_runs_once_and_loads_no_demo():
    assert SERVICES["migrate"]["restart"] == "no"
    assert SERVICES["migrate"]["command"] == ["python", "manage.py", "prepare", "--no-demo"]


@pytest.mark.parametrize("name", OURS)
def test_our_programs_have_few_rights(name):
    service = SERVICES[name]
    assert service["read_only"]
    assert service["cap_drop"] == ["ALL"]
    assert service["env_file"] == "svod.env"
    assert service["environment"]["SVOD_ENV"] == "production"


def test_secrets_come_from_files_that_are_not_committed():
    text = (ROOT / "docker-compose.yml").read_text()
    asked = set(re.findall(r"(?<!\$)\$\{([A-Z_]+)", text))
    assert asked == variables("compose.env.example")
    assert all(f"${{{name}:?" in text for name in asked)
    ignored = (ROOT / ".gitignore").read_text().splitlines()
    assert {".env", "svod.env"} <= set(ignored)


def test_the_portal_is_no_superuser():
    assert COMPOSE["x-svod"]["environment"]["DATABASE_URL"].startswith("postgres://svod:")
    script = COMPOSE["configs"]["roles"]["content"]
    assert "CREATE ROLE svod LOGIN PASSWORD" in script
    assert "SUPERUSER" not in script


def test_only_the_migrations_know_the_owner_of_the_tables():
    assert SERVICES["migrate"]["environment"]["SVOD_ROLE"] == "owner"
    assert "GRANT svod TO svod_owner" in COMPOSE["configs"]["roles"]["content"]
    for name in ("web", "worker", "beat"):
        assert "owner" not in str(SERVICES[name]).lower()


def test_only_the_web_server_is_reachable_and_only_from_this_machine():
    ports = {name: service["ports"] for name, service in SERVICES.items() if "ports" in service}
    assert ports == {"web": ["127.0.0.1:8000:8000"]}


def test_named_volumes_are_declared():
    used = {
        volume.partition(":")[0]
        for service in SERVICES.values()
        for volume in service.get("volumes", [])
        if not volume.startswith("/")
    }
    assert used == set(COMPOSE["volumes"])


def test_image_is_built_from_hashes_and_runs_as_nobody_special():
    text = (ROOT / "Dockerfile").read_text()
    assert "--require-hashes" in text
    assert "npm ci" in text
    assert text.index("USER svod") < text.index("CMD [")
    kept = (ROOT / ".dockerignore").read_text().splitlines()
    assert kept[0] == "*"
    for source in re.findall(r"^COPY (?!--from)(.+) \S+$", text, re.M):
        for name in source.split():
            assert name == "." or f"!{name}" in kept or f"!{name}/" in kept, name


def test_documents_can_become_pdf():
    """The image of web and worker has the converter that workflows.documents.pdf looks for."""
    last_stage = (ROOT / "Dockerfile").read_text().rpartition("FROM ")[2]
    assert "libreoffice-writer-nogui" in last_stage
    assert "fonts-liberation" in last_stage
