"""Robots of stages."""

from django.urls import URLPattern, path

from crm_link.views import robots

ONE = "robots/<int:robot_id>/"
STAGE = "robots/stage/<int:stage_id>/"

urlpatterns: list[URLPattern] = [
    path("robots/", robots.robots, name="crm_robots"),
    path(f"{STAGE}add/", robots.robot_add, name="crm_robot_add"),
    path(f"{STAGE}order/", robots.robots_order, name="crm_robots_order"),
    path(f"{STAGE}detach/", robots.robots_detach, name="crm_robots_detach"),
    path(ONE, robots.robot_edit, name="crm_robot"),
    path(f"{ONE}switch/", robots.robot_switch, name="crm_robot_switch"),
    path(f"{ONE}delete/", robots.robot_delete, name="crm_robot_delete"),
]
