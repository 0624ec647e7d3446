"""Documents that a booking asks for: made once, as whoever booked, into the deal's own field."""

from __future__ import annotations

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from docx import Document

from crm_link.models import Booking
from crm_link.services.booking_papers import make_papers
from lists_core.models import Field, FileUse
from lists_core.services.fields import create_field
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
