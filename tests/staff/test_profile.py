"""One's own page, photos, language and time zone."""

from __future__ import annotations

from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation
from PIL import Image

from staff.middleware import PersonalMiddleware
from staff.models import Employee
from staff.services import employees, photos
from svod.base.errors import Forbidden, Invalid

DATA = {
    "last_name": "Ёлкина", "first_name": "Анна", "patronymic": "", "phone": "+7 495 123-45-67",
    "birthday": "1990-05-17", "time_zone": "Asia/Yekaterinburg", "language": "en", "theme": "dark",
}  # fmt: skip


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def post(client, world, **changes):
    client.force_login(world.anna)
    return client.post(reverse("profile"), DATA | changes)


def test_a_profile_is_saved(client, world):
    response = post(client, world)
    assert response.url == reverse("profile")
    assert response.cookies["theme"].value == "dark"
    anna = Employee.objects.get(pk=world.anna.pk)
    assert (str(anna), anna.initials, anna.phone_link) == ("Ёлкина Анна", "ЁА", "+74951234567")
    assert (anna.time_zone, anna.language, anna.theme) == ("Asia/Yekaterinburg", "en", "dark")


@pytest.mark.parametrize(
    ("field", "bad"),
    [
        ("last_name", ""),
        ("last_name", "ё" * 151),
        ("first_name", "a\0b"),
        ("phone", "call me"),
        ("phone", "<b>1234567</b>"),
        ("birthday", "17.13.1990x"),
        ("birthday", "2999-01-01"),
        ("birthday", "0001-01-01"),
        ("time_zone", "Mars/Olympus"),
        ("time_zone", "Etc/GMT+3"),
        ("language", "xx"),
        ("theme", "pink"),
    ],
)
def test_bad_values_come_back_as_typed(client, world, field, bad):
    response = post(client, world, patronymic="Набрано", **{field: bad})
    assert response.status_code == 422
    assert list(response.context["form"].errors) == [field]
    assert 'value="Набрано"' in response.content.decode()
    world.anna.refresh_from_db()
    assert (world.anna.last_name, world.anna.patronymic) == ("Тестов", "")


def test_errors_do_not_rename_the_person_in_the_top_bar(client, world):
    response = post(client, world, last_name="Самозванцева", birthday="2999-01-01")
    assert str(response.context["user"]) == "Тестов Anna"


@pytest.mark.parametrize(
    "field", ["email", "position", "department", "is_staff", "is_superuser", "username"]
)
def test_what_the_office_keeps_cannot_be_posted(client, world, field):
    before = getattr(world.anna, field)
    post(client, world, **{field: str(world.law.pk) if field == "department" else "1"})
    assert getattr(Employee.objects.get(pk=world.anna.pk), field) == before


def test_the_right_to_make_lists_outlives_a_save_and_a_switch_of_language(client, world):
    Employee.objects.filter(pk=world.anna.pk).update(is_staff=True)
    post(client, world)
    client.post(reverse("set_language"), {"language": "ru"})
    anna = Employee.objects.get(pk=world.anna.pk)
    assert (anna.is_staff, anna.language) == (True, "ru")


def test_nobody_edits_a_colleague(world):
    with pytest.raises(Forbidden):
        employees.update_profile(world.boris, {"phone": "1"}, actor=world.anna)
    with pytest.raises(Forbidden):
        employees.set_photo(world.boris, BytesIO(), 0, actor=world.anna)
    with pytest.raises(Forbidden):
        employees.end_sessions(world.boris, actor=world.anna)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_photo_is_written_anew_and_served(
    client, world, picture, media, kind, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        assert post(client, world, photo=picture(kind=kind)).status_code == 302
    anna = Employee.objects.get(pk=world.anna.pk)
    assert "снимок" not in anna.photo.name
    served = client.get(anna.photo_url)
    assert b"".join(served.streaming_content).startswith(b"\xff\xd8")
    assert (served["Content-Type"], served["X-Content-Type-Options"]) == ("image/jpeg", "nosniff")
    assert "private" in served["Cache-Control"]
    for url, side in [(anna.photo_url, photos.SIDE), (anna.thumbnail_url, photos.SMALL_SIDE)]:
        with Image.open(BytesIO(b"".join(client.get(url).streaming_content))) as image:
            assert (image.format, image.size) == ("JPEG", (side, side))


def test_nothing_hidden_survives_in_a_photo(world):
    buffer = BytesIO()
    exif = Image.Exif()
    exif[0x010E] = "secret place"
    Image.new("RGB", (300, 200)).save(buffer, "JPEG", exif=exif)
    tail = b"<script>alert(1)</script>"
    upload = BytesIO(buffer.getvalue() + tail)
    photo, _small = photos.read_photo(upload, upload.getbuffer().nbytes)
    written = photo.read()
    assert b"secret place" not in written
    assert tail not in written


def test_a_new_photo_replaces_the_files(world, picture, media, django_capture_on_commit_callbacks):
    for _ in range(2):
        with django_capture_on_commit_callbacks(execute=True):
            employees.set_photo(world.anna, picture(), 100, actor=world.anna)
    assert len(list((media / "photos").iterdir())) == 2
    with django_capture_on_commit_callbacks(execute=True):
        employees.remove_photo(world.anna, actor=world.anna)
    assert not list((media / "photos").iterdir())
    assert Employee.objects.get(pk=world.anna.pk).photo_url == ""


def pixels(width, height):
    """A tiny PNG that claims to be huge."""
    buffer = BytesIO()
    Image.new("1", (width, height)).save(buffer, "PNG")
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("fake.jpg", b"<html><script>alert(1)</script></html>"),
        ("picture.svg", b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'),
        ("empty.png", b""),
        ("cut.png", pixels(300, 300)[:60]),
        ("huge.png", pixels(9000, 9000)),
        ("gif.gif", b"GIF89a\x01\x00\x01\x00\x00\x00\x00;"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_no_photo_is_refused(client, world, name, content):
    upload = SimpleUploadedFile(name, content, content_type="image/jpeg")
    response = post(client, world, photo=upload, patronymic="Набрано")
    assert response.status_code == 422
    assert list(response.context["form"].errors) == ["photo"]
    world.anna.refresh_from_db()
    assert not world.anna.photo


def test_a_large_file_is_refused_unread(world):
    with pytest.raises(Invalid) as refusal:
        photos.read_photo(BytesIO(b"x"), photos.MAX_BYTES + 1)
    assert list(refusal.value.errors) == ["photo"]


def test_a_photo_is_seen_only_by_those_who_signed_in(
    client, world, picture, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        employees.set_photo(world.anna, picture(), 100, actor=world.anna)
    url = world.anna.photo_url
    assert client.get(url).status_code == 302
    client.force_login(world.boris)
    assert b"".join(client.get(url).streaming_content).startswith(b"\xff\xd8")
    assert client.get(url.rsplit("/", 2)[0] + "/guess/").status_code == 404
    employees.deactivate_employee(world.anna, actor=None)
    assert client.get(url).status_code == 404


@pytest.mark.parametrize(("language", "word"), [("ru", "Профиль"), ("en", "Profile")])
def test_pages_speak_the_language_of_the_employee(client, world, language, word):
    Employee.objects.filter(pk=world.anna.pk).update(language=language)
    client.force_login(world.anna)
    response = client.get(reverse("profile"), headers={"Accept-Language": "de"})
    assert word in response.content.decode()
    assert response["Content-Language"] == language


def test_pages_keep_the_time_of_the_employee(client, world, rf):
    request = rf.get("/")
    request.user = world.anna
    for name, shown in [("Asia/Vladivostok", "Asia/Vladivostok"), ("No/Where", "Europe/Moscow")]:
        request.user.time_zone = name
        PersonalMiddleware(lambda _request: None).process_request(request)
        assert timezone.get_current_timezone_name() == shown
    timezone.deactivate()
    translation.activate("ru")


def test_time_does_not_leak_to_the_next_visitor(client, world):
    Employee.objects.filter(pk=world.anna.pk).update(time_zone="Asia/Vladivostok", language="en")
    client.force_login(world.anna)
    client.get(reverse("profile"))
    client.logout()
    response = client.get(reverse("sign_in"))
    assert timezone.get_current_timezone_name() == "Europe/Moscow"
    assert response["Content-Language"] == "ru"


def test_the_language_switch_is_remembered(client, world):
    client.force_login(world.anna)
    response = client.post(reverse("set_language"), {"language": "en", "next": "//evil.example"})
    assert "evil" not in response.url
    world.anna.refresh_from_db()
    assert world.anna.language == "en"


def test_the_anonymous_keep_their_language_in_a_cookie(client, db):
    client.post(reverse("set_language"), {"language": "en", "next": "/sign-in/"})
    assert client.get(reverse("sign_in"))["Content-Language"] == "en"


def test_sign_out_everywhere_else(client, world):
    other = Client()
    for browser in (client, other):
        browser.force_login(world.anna)
    client.post(reverse("sign_out_everywhere"))
    assert client.get(reverse("profile")).status_code == 200
    assert other.get(reverse("profile")).status_code == 302
