"""The designer: templates, their drafts and versions."""

from django.urls import URLPattern, URLResolver, path

from workflows.views import designer_connections as connections
from workflows.views import designer_lists as lists
from workflows.views import designer_overview as overview
from workflows.views import designer_page as page
from workflows.views import designer_trial as trial

ONE = "processes/<int:template_id>"

urlpatterns: list[URLPattern | URLResolver] = [
    path("processes/", lists.processes, name="processes"),
    path("lists/<int:list_id>/processes/", lists.list_processes, name="list_processes"),
    path("processes/add/", lists.add, name="process_add"),
    path("processes/import/", lists.bring_in, name="process_import"),
    path("processes/bin/", lists.bin_, name="processes_bin"),
    path(f"{ONE}/", overview.process, name="process"),
    path(f"{ONE}/settings/", lists.settings, name="process_settings"),
    path(f"{ONE}/export/", lists.export, name="process_export"),
    path(f"{ONE}/copy/", lists.copy, name="process_copy"),
    path(f"{ONE}/pause/", lists.pause, name="process_pause"),
    path(f"{ONE}/delete/", lists.delete, name="process_delete"),
    path(f"{ONE}/restore/", lists.restore, name="process_restore"),
    path(f"{ONE}/publish/", overview.publish, name="process_publish"),
    path(f"{ONE}/dry-run/", trial.dry_run, name="process_dry_run"),
    path(f"{ONE}/versions/", overview.versions, name="process_versions"),
    path(f"{ONE}/compare/", overview.compare, name="process_compare"),
    path(
        f"{ONE}/versions/<int:number>/restore/",
        overview.version_restore,
        name="process_version_restore",
    ),
    path(f"{ONE}/connections/", connections.connections, name="process_connections"),
    path(f"{ONE}/connections/hook/", connections.hook, name="process_hook"),
    path(f"{ONE}/connections/secret/", connections.secret, name="process_secret"),
    path(f"{ONE}/design/", page.design, name="process_design"),
    path(f"{ONE}/draft/", page.draft, name="process_draft"),
    path(f"{ONE}/step/", page.step, name="process_step"),
    path(f"{ONE}/parts/", page.parts, name="process_parts"),
    path(f"{ONE}/placeholders/", page.placeholders, name="process_placeholders"),
    path(f"{ONE}/condition-row/", page.condition_row, name="process_condition_row"),
    path(f"{ONE}/people/", page.people, name="process_people"),
]
