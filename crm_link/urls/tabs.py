"""Lists as tabs of cards, and their settings."""

from django.urls import URLPattern, path

from crm_link.views import tab_settings, tabs

CARD = "<crm_kind:kind>/<int:element_id>/"

urlpatterns: list[URLPattern] = [
    path(CARD + "tabs/", tabs.tab_row, name="crm_card_tabs"),
    path(CARD + "figures/", tabs.figures, name="crm_card_figures"),
    path(CARD + "lists/<int:list_id>/", tabs.list_tab, name="crm_card_list"),
    path(CARD + "lists/<int:list_id>/rows/", tabs.list_rows, name="crm_card_list_rows"),
    path("settings/tabs/", tab_settings.start, name="crm_tab_settings"),
    path("settings/tabs/<crm_kind:kind>/", tab_settings.arrange, name="crm_tabs_of_kind"),
    path(
        "settings/tabs/<crm_kind:kind>/<int:list_id>/", tab_settings.figures, name="crm_tab_figures"
    ),
]
