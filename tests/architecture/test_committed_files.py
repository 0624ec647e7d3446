"""What must never be in a committed file: loose ends, foreign hosts, inline scripts."""

from __future__ import annotations

import re
import subprocess
import tomllib
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
TEXT = {
    ".py", ".html", ".txt", ".md", ".ts", ".mjs", ".js", ".json", ".css", ".toml", ".yml",
    ".yaml", ".cfg", ".ini", ".po", ".sh", ".npmrc", "", ".service", ".csv",
}  # fmt: skip
# Spelled in pieces so that this file does not find itself.
LOOSE_ENDS = re.compile(r"\b(TO" r"DO|FIX" r"ME|X" r"XX|HA" r"CK)\b")
REGISTRIES = re.compile(
    r"(registry\."
    r"npmjs|pypi\."
    r"org|files\.python"
    r"hosted|deb\."
    r"debian|/opt/py"
    r"pi"
    r"|(?<!emit-)index-"
    r"url\b|\"resolved\":|localhost:\d+/simple)"
)
MACHINE_PATHS = re.compile(r"(?<![\w/])/(work|home|root)/[a-z]")
INLINE = {
    "an inline script": re.compile(
        r"<script(?![^>]*\bsrc=)(?![^>]*type=\"application/json\")", re.I
    ),
    "an inline style sheet": re.compile(r"<style\b", re.I),
    "a style attribute": re.compile(r"\sstyle\s*=", re.I),
    "an event handler": re.compile(r"\son[a-z]+\s*=\s*[\"']", re.I),
    "an htmx handler": re.compile(r"\shx-on", re.I),
    "htmx code in an attribute": re.compile(r"(hx-vals|hx-headers|hx-vars)=[\"']\s*js:", re.I),
    "a foreign address of a script or sheet": re.compile(
        r"<(script|link|img)[^>]*(src|href)=[\"'](https?:)?//", re.I
    ),
    "text marked safe": re.compile(r"\|\s*safe\b|{%\s*autoescape\s+off"),
}


def committed() -> list[Path]:
    """The files git knows, and the new ones it does not ignore."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    names = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    paths = [ROOT / name for name in names.split("\0") if name]
    return [path for path in paths if path.is_file() and path.suffix in TEXT]


FILES = {str(path.relative_to(ROOT)): path for path in committed()}
TEMPLATES = {name: path for name, path in FILES.items() if name.endswith(".html")}


def text(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace")


def test_no_loose_ends_and_no_foreign_hosts():
    for name, path in FILES.items():
        content = text(path)
        assert not (found := LOOSE_ENDS.search(content)), (name, found)
        if path.name not in {"requirements.txt", "requirements-dev.txt"}:
            assert not (found := REGISTRIES.search(content)), (name, found)
        assert not (found := MACHINE_PATHS.search(content)), (name, found)


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_requirements_have_hashes_and_no_address(name):
    content = (ROOT / name).read_text()
    assert "://" not in content
    pinned = re.findall(r"^[a-z0-9][\w.-]*(?:\[[^\]]*\])?==\S+", content, re.M | re.I)
    assert len(pinned) > 50
    blocks = re.split(r"\n(?=\S)", content)
    assert all("--hash=sha256:" in block for block in blocks if "==" in block)


def test_requirements_follow_pyproject():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = {
        "requirements.txt": project["dependencies"],
        "requirements-dev.txt": [
            *project["dependencies"],
            *project["optional-dependencies"]["dev"],
            *project["optional-dependencies"]["embedded"],
        ],
    }
    for name, requirements in wanted.items():
        content = (ROOT / name).read_text()
        for line in requirements:
            package = re.match(r"[\w.-]+", line)[0].lower().replace("_", "-")
            assert re.search(rf"^{re.escape(package)}==", content, re.M), (
                f"{package} is not in {name}: run `make requirements`"
            )


def test_templates_keep_the_strict_policy():
    for name, path in TEMPLATES.items():
        content = re.sub(r"{#.*?#}|{% comment %}.*?{% endcomment %}", "", text(path), flags=re.S)
        for what, pattern in INLINE.items():
            assert not (found := pattern.search(content)), f"{name}: {what}: {found and found[0]}"


def test_what_follows_the_news_stays_in_the_page():
    """htmx drops a request that waited on an element which its own answer has replaced: news that
    came while it asked would be lost. A morph keeps the element."""
    for name, path in TEMPLATES.items():
        for tag in re.findall(r"<[\w-]+(?:\{%.*?%\}|\{\{.*?\}\}|[^>{])*>", text(path), re.S):
            hears = re.search(r'hx-trigger="[^"]*(svod:live|chat:|elements-changed)[^"]*"', tag)
            assert not (hears and 'hx-swap="outerHTML"' in tag), f"{name}: {tag}"


def test_no_code_marks_user_text_as_safe():
    for name, path in FILES.items():
        if name.endswith(".py") and not name.startswith("tests/"):
            assert "mark_safe(" not in text(path), name


def test_yaml_files_can_be_read():
    for name, path in FILES.items():
        if name.endswith((".yml", ".yaml")):
            yaml.safe_load(text(path))
