"""Import, export and the jobs that do them."""

from django.urls import URLPattern, path

from lists_core.views import (
    transfer_export,
    transfer_import,
    transfer_jobs,
    transfer_mappings,
    transfer_schedules,
)

JOB = "jobs/<uuid:job_id>/"
LIST = "lists/<int:list_id>/"
MAPPING = LIST + "import/mappings/<int:mapping_id>/"
SCHEDULE = LIST + "import/schedules/<int:schedule_id>/"

urlpatterns: list[URLPattern] = [
    path("jobs/", transfer_jobs.jobs, name="jobs"),
    path(JOB, transfer_jobs.job, name="job"),
    path(JOB + "cancel/", transfer_jobs.job_cancel, name="job_cancel"),
    path(JOB + "file/", transfer_jobs.job_file, name="job_file"),
    path("lists/import/", transfer_import.import_new, name="import_new"),
    path(
        "lists/import/<int:file_id>/", transfer_import.import_new_columns, name="import_new_columns"
    ),
    path(LIST + "import/", transfer_import.list_import, name="list_import"),
    path(
        LIST + "import/<int:file_id>/",
        transfer_import.list_import_columns,
        name="list_import_columns",
    ),
    path(LIST + "import/mappings/", transfer_mappings.mappings, name="list_import_mappings"),
    path(MAPPING, transfer_mappings.mapping_rename, name="list_import_mapping"),
    path(MAPPING + "delete/", transfer_mappings.mapping_delete, name="list_import_mapping_delete"),
    path(LIST + "import/schedules/", transfer_schedules.schedules, name="list_import_schedules"),
    path(
        LIST + "import/schedules/new/",
        transfer_schedules.schedule_new,
        name="list_import_schedule_new",
    ),
    path(SCHEDULE, transfer_schedules.schedule_edit, name="list_import_schedule"),
    path(SCHEDULE + "do/", transfer_schedules.schedule_do, name="list_import_schedule_do"),
    path(LIST + "export/", transfer_export.list_export, name="list_export"),
]
