"""Robots in the Django admin."""

from __future__ import annotations

from django.contrib import admin

from crm_link.models import Robot, StageRobots, Turn
from lists_core.admin.base import ReadOnlyAdmin


@admin.register(Robot)
class RobotAdmin(ReadOnlyAdmin):
    list_display = ["stage", "action", "name", "is_on", "sort"]
    list_filter = ["action", "is_on"]
    search_fields = ["name"]


@admin.register(StageRobots)
class StageRobotsAdmin(ReadOnlyAdmin):
    list_display = ["stage", "template"]


@admin.register(Turn)
class TurnAdmin(ReadOnlyAdmin):
    list_display = ["key", "last"]
    search_fields = ["key"]
