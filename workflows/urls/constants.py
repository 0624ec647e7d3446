"""Constants of the portal."""

from django.urls import URLPattern, URLResolver, path

from workflows.views import constants

urlpatterns: list[URLPattern | URLResolver] = [
    path("processes/constants/", constants.constants, name="constants"),
    path("processes/constants/add/", constants.constant_add, name="constant_add"),
    path("processes/constants/<int:pk>/", constants.constant_edit, name="constant_edit"),
    path("processes/constants/<int:pk>/delete/", constants.constant_delete, name="constant_delete"),
]
