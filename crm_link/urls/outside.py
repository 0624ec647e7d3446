"""Web forms of sites, visits and telephony: the addresses of strangers, and their settings."""

from django.urls import URLPattern, path

from crm_link.views import public_forms, telephony, web_forms

PUBLIC = "f/<str:token>/"
SETTINGS = "crm/settings/web-forms/"
urlpatterns: list[URLPattern] = [
    path(PUBLIC, public_forms.public_form, name="web_form_page"),
    path(f"{PUBLIC}json/", public_forms.form_json, name="web_form_json"),
    path(f"{PUBLIC}visit/", public_forms.form_visit, name="web_form_visit"),
    path(f"{PUBLIC}form.js", public_forms.form_script, name="web_form_script"),
    path("crm/telephony/calls/", telephony.telephony_calls, name="telephony_calls"),
    path("crm/settings/telephony/", telephony.telephony_settings, name="crm_telephony"),
    path("crm/settings/telephony/token/", telephony.telephony_token, name="crm_telephony_token"),
    path(SETTINGS, web_forms.web_forms, name="crm_web_forms"),
    path(f"{SETTINGS}add/", web_forms.web_form_add, name="crm_web_form_add"),
    path(f"{SETTINGS}<int:form_id>/", web_forms.web_form, name="crm_web_form"),
    path(f"{SETTINGS}<int:form_id>/delete/", web_forms.web_form_delete, name="crm_web_form_delete"),
    path(
        "lists/<int:list_id>/elements/<int:element_id>/visits/",
        web_forms.element_visits,
        name="element_visits",
    ),
]
