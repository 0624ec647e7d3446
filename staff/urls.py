"""Addresses of sign-in, profile, people and departments."""

from __future__ import annotations

from django.urls import URLPattern, path

from staff.views import audit, departments, people, preferences, profile, security_confirm, sign_in

urlpatterns: list[URLPattern] = [
    path("sign-in/", sign_in.SignIn.as_view(), name="sign_in"),
    path("sign-out/", sign_in.SignOut.as_view(), name="sign_out"),
    path("password/reset/", sign_in.PasswordReset.as_view(), name="password_reset"),
    path("password/reset/sent/", sign_in.password_reset_sent, name="password_reset_sent"),
    path("password/set/<uidb64>/<token>/", sign_in.PasswordSet.as_view(), name="password_set"),
    path("confirm/", security_confirm.reauthenticate, name="reauthenticate"),
    path("language/", preferences.set_language, name="set_language"),
    path("profile/", profile.profile, name="profile"),
    path("profile/password/", sign_in.PasswordChange.as_view(), name="password_change"),
    path("profile/sign-out/", profile.sign_out_everywhere, name="sign_out_everywhere"),
    path("people/", people.people, name="people"),
    path("people/suggest/", people.suggest, name="people_suggest"),
    path("people/add/", people.employee_add, name="employee_add"),
    path("people/<int:pk>/", people.employee, name="employee"),
    path("people/<int:pk>/edit/", people.employee_edit, name="employee_edit"),
    path("people/<int:pk>/invite/", people.employee_invite, name="employee_invite"),
    path("people/<int:pk>/activity/", people.employee_activity, name="employee_activity"),
    path("people/<int:pk>/<str:size>/<str:mark>/", people.employee_photo, name="employee_photo"),
    path("departments/", departments.departments, name="departments"),
    path("departments/add/", departments.department_add, name="department_add"),
    path("departments/<int:pk>/edit/", departments.department_edit, name="department_edit"),
    path("departments/move/", departments.department_move, name="department_move"),
    path("departments/<int:pk>/shift/", departments.department_shift, name="department_shift"),
    path("departments/<int:pk>/delete/", departments.department_delete, name="department_delete"),
    path("audit/", audit.audit, name="audit"),
    path("audit/export/", audit.audit_export, name="audit_export"),
]
