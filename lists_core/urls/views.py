"""Saved views of a list, and how its table looks."""

from django.urls import URLPattern, path

from lists_core.views import grid_look, saved_views

LIST = "lists/<int:list_id>/"
VIEW = LIST + "views/<int:view_id>/"

urlpatterns: list[URLPattern] = [
    path(LIST + "look/", grid_look.look, name="list_look"),
    path(LIST + "views/", saved_views.arrange, name="list_views"),
    path(LIST + "views/add/", saved_views.add, name="list_view_add"),
    path(LIST + "views/order/", saved_views.order, name="list_views_order"),
    path(VIEW + "save/", saved_views.save, name="list_view_save"),
    path(VIEW + "edit/", saved_views.edit, name="list_view_edit"),
    path(VIEW + "delete/", saved_views.delete, name="list_view_delete"),
]
