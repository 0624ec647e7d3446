"""Processes of an element, buttons, the administrator's page."""

from django.urls import URLPattern, URLResolver, path

from workflows.views import bulk_start, commands, element_processes, health, moves, process, running

ELEMENT = "lists/<int:list_id>/elements/<int:element_id>/processes"
RUN = "processes/run/<int:instance_id>"

urlpatterns: list[URLPattern | URLResolver] = [
    path("lists/<int:list_id>/bulk/start/", bulk_start.start_on_many, name="list_bulk_start"),
    path("processes/running/", running.running, name="instances"),
    path("processes/health/", health.health, name="engine_health"),
    path("processes/running/mend/", running.mend, name="instances_mend"),
    path(f"{ELEMENT}/", element_processes.element_processes, name="element_processes"),
    path(
        f"{ELEMENT}/start/<int:template_id>/",
        element_processes.process_start,
        name="process_start",
    ),
    path("processes/commands/<int:command_id>/", commands.command, name="process_command"),
    path("processes/<int:template_id>/move/", moves.process_move, name="process_move"),
    path(f"{RUN}/move/", moves.instance_move, name="instance_move"),
    path(f"{RUN}/", process.instance, name="instance"),
    path(f"{RUN}/journal/", process.journal, name="instance_journal"),
    *(
        path(f"{RUN}/{name}/", process.deed, {"name": name}, name=f"instance_{name}")
        for name in process.SAID
    ),
]
