"""The settings of stages, pipelines and lists of values."""

from django.urls import URLPattern, path

from crm_link.views import pipelines, stages

STAGE = "stages/<int:stage_id>/"
PIPELINE = "pipelines/<int:pipeline_id>/"

urlpatterns: list[URLPattern] = [
    path("stages/", stages.first, name="crm_settings"),
    path("stages/<crm_kind:kind>/", stages.stages, name="crm_stages"),
    path("stages/<crm_kind:kind>/add/", stages.stage_add, name="crm_stage_add"),
    path("stages/<crm_kind:kind>/order/", stages.stages_order, name="crm_stages_order"),
    path(STAGE, stages.stage_edit, name="crm_stage"),
    path(STAGE + "delete/", stages.stage_delete, name="crm_stage_delete"),
    path("pipelines/add/", pipelines.pipeline_add, name="crm_pipeline_add"),
    path("pipelines/order/", pipelines.pipelines_order, name="crm_pipelines_order"),
    path(PIPELINE, pipelines.pipeline_edit, name="crm_pipeline"),
    path(PIPELINE + "delete/", pipelines.pipeline_delete, name="crm_pipeline_delete"),
    path("directories/", stages.directories_page, name="crm_directories"),
]
