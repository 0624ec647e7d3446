"""Numerators and the numbers they gave."""

from django.urls import URLPattern, URLResolver, path

from workflows.views import numerators

ONE = "numerators/<int:list_id>/<int:element_id>"

urlpatterns: list[URLPattern | URLResolver] = [
    path("numerators/", numerators.numerators, name="numerators"),
    path("numerators/create/", numerators.numerators_create, name="numerators_create"),
    path(f"{ONE}/", numerators.numerator_numbers, name="numerator_numbers"),
    path(f"{ONE}/set/", numerators.numerator_set, name="numerator_set"),
]
