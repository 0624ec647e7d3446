"""The portal's addresses and the page of components."""

from django.urls import include, path

from svod import urls as portal

urlpatterns = [*portal.urlpatterns, path("_styleguide/", include("svod.styleguide"))]
