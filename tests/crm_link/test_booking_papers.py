"""Documents that a booking asks for: made once, as whoever booked, into the deal's own field."""

from __future__ import annotations

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from docx import Document

from crm_link.models import Booking
from crm_link.services.booking_deeds import make_papers_again
from crm_link.services.booking_papers import make_papers
from lists_core.models import Field, FileUse, StoredFile
from lists_core.services.fields import create_field
from svod.base.errors import NotFound
from tests.crm_link.booking_world import Estate, estate
from workflows.models import MadeDocument
from workflows.services.document_templates import (
    create_document_template,
    delete_document_template,
)

pytestmark = pytest.mark.django_db


def template(list_, text: str, actor, name: str = "Contract"):
    document = Document()
    document.add_paragraph(text)
    out = io.BytesIO()
    document.save(out)
    upload = SimpleUploadedFile("contract.docx", out.getvalue())
    given = {"name": name, "list_id": list_.pk, "file_name": f"{name} {{{{NAME}}}}"}
    return create_document_template(actor=actor, upload=upload, **given)


@pytest.fixture
def world(admin, lists) -> Estate:
    files = create_field(lists["deal"].pk, "file", actor=admin, code="FILES", name="Files",
                         multiple=True)  # fmt: skip
    papers = [template(lists["deal"], "{{ NAME }}: {{ AMOUNT }}", admin)]
    return estate(admin, documents=papers, documents_field=Field.objects.get(pk=files.pk))


def test_a_booking_makes_its_documents_once(world):
    deal = world.deal("Ivanov", world.flat())
    assert make_papers() == 1
    made = MadeDocument.objects.get()
    assert made.element_id == deal.pk
    assert made.made_by == world.actor
    assert made.file.name == "Contract Ivanov.docx"
    assert FileUse.objects.filter(element_id=deal.pk, file=made.file).exists()
    assert world.get(deal, "FILES") == [made.file_id]
    Booking.objects.update(papers="due")  # as if the worker had died before it noted the end
    assert make_papers() == 1
    assert MadeDocument.objects.count() == 1
    assert make_papers() == 0


def test_what_cannot_be_made_says_why(world):
    deal = world.deal("Ivanov", world.flat())
    paper = world.rule.documents.get()
    paper.current = None
    paper.save()
    assert make_papers() == 1
    booking = Booking.objects.get(deal=deal.pk)
    assert (booking.papers, booking.papers_error) == (
        "failed",
        "Contract: У шаблона нет файла.",
    )


def test_a_removed_template_asks_for_nothing(world):
    delete_document_template(world.rule.documents.get().pk, actor=world.actor)
    world.deal("Ivanov", world.flat())
    make_papers()
    assert not MadeDocument.objects.exists()


def test_a_file_that_is_lost_holds_up_no_other_and_is_made_later(world, admin_client):
    """Of two templates one has lost its file; the button makes what was missing, once."""
    world.rule.documents.add(template(world.deals, "{{ NAME }}", world.actor, "Act"))
    lost = StoredFile.objects.filter(pk=world.rule.documents.get(name="Contract").current.file_id)
    [content] = lost.values_list("content", flat=True)
    lost.update(content="lost.docx")
    flats = [world.flat(f"Flat {number}") for number in range(2)]
    deals = [world.deal(f"Deal {number}", flat) for number, flat in enumerate(flats)]
    assert make_papers() == 2
    assert {one.file.name for one in MadeDocument.objects.all()} == {
        "Act Deal 0.docx", "Act Deal 1.docx"
    }  # fmt: skip
    errors = Booking.objects.values_list("papers", "papers_error")
    assert set(errors) == {("failed", "Contract: Что-то пошло не так.")}
    lost.update(content=content)
    page = reverse("element_booking", args=[world.deals.pk, deals[0].pk])
    again = reverse("booking_papers", args=[world.flats.pk, flats[0].pk])
    assert again in admin_client.get(page).content.decode()
    admin_client.post(again, {"next": page})
    assert make_papers() == 1
    assert Booking.objects.get(deal=deals[0].pk).papers == "done"
    assert MadeDocument.objects.filter(element=deals[0].pk).count() == 2
    assert again not in admin_client.get(page).content.decode()


def test_only_who_may_change_the_deal_makes_its_documents_again(world, employee):
    flat = world.flat()
    world.deal("Ivanov", flat)
    with pytest.raises(NotFound):
        make_papers_again(flat.pk, actor=employee)
