"""The card of an item, part by part."""

from django.urls import URLPattern, path

from crm_link.views import card, card_layout, card_stage, timeline

ITEM = "<crm_kind:kind>/<int:element_id>/"

urlpatterns: list[URLPattern] = [
    path("<crm_kind:kind>/card-layout/", card_layout.card_layout, name="crm_card_layout"),
    path(ITEM, card.card, name="crm_card"),
    path(f"{ITEM}head/", card.head, name="crm_card_head"),
    path(f"{ITEM}head/<str:code>/", card.field, name="crm_card_field"),
    path(f"{ITEM}sections/<str:slug>/", card.section, name="crm_card_section"),
    path(f"{ITEM}sections/<str:slug>/edit/", card.section_edit, name="crm_card_section_edit"),
    path(f"{ITEM}stage/", card_stage.stage, name="crm_card_stage"),
    path(f"{ITEM}timeline/", timeline.timeline, name="crm_timeline"),
    path(f"{ITEM}timeline/comment/", timeline.comment_add, name="crm_comment_add"),
    path(
        f"{ITEM}timeline/comment/<int:comment_id>/",
        timeline.comment_edit,
        name="crm_comment_edit",
    ),
]
