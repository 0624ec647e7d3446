"""Addresses of sign-in, profile, people and departments."""

from __future__ import annotations

from django.urls import URLPattern, path

from staff.views import (
    absences,
    audit,
    departments,
    groups,
    live,
    notifications,
    people,
    preferences,
    profile,
    security,
    security_confirm,
    security_people,
    sessions,
    sign_in,
    sign_in_second,
    sign_in_sso,
    subjects,
)

urlpatterns: list[URLPattern] = [
    path("sign-in/", sign_in.SignIn.as_view(), name="sign_in"),
    path("sign-in/second/", sign_in_second.second, name="sign_in_second"),
    path("sign-in/passkey/", sign_in_second.passkey, name="sign_in_passkey"),
    path("sign-in/sso/", sign_in_sso.start, name="sign_in_sso"),
    # allauth builds the address to come back to under this name.
    path(
        "sign-in/sso/<str:provider_id>/back/",
        sign_in_sso.callback,
        name="openid_connect_callback",
    ),
    path("sign-out/", sign_in.SignOut.as_view(), name="sign_out"),
    path("password/reset/", sign_in.PasswordReset.as_view(), name="password_reset"),
    path("password/reset/sent/", sign_in.password_reset_sent, name="password_reset_sent"),
    path("password/set/<uidb64>/<token>/", sign_in.PasswordSet.as_view(), name="password_set"),
    path("confirm/", security_confirm.reauthenticate, name="reauthenticate"),
    path(
        "confirm/passkey/", security_confirm.reauthenticate_passkey, name="reauthenticate_passkey"
    ),
    path("language/", preferences.set_language, name="set_language"),
    path("profile/", profile.profile, name="profile"),
    path("profile/password/", sign_in.PasswordChange.as_view(), name="password_change"),
    path("profile/sign-out/", sessions.end_others, name="sign_out_everywhere"),
    path("profile/sessions/<int:pk>/end/", sessions.end, name="session_end"),
    path("profile/absences/", absences.absences, name="absences"),
    path("profile/absences/<int:pk>/end/", absences.absence_end, name="absence_end"),
    path("profile/security/", security.security, name="security"),
    path("profile/security/app/", security.app, name="security_app"),
    path("profile/security/codes/", security.codes, name="security_codes"),
    path("profile/security/passkeys/", security.passkey_add, name="security_passkey_add"),
    path(
        "profile/security/passkeys/options/",
        security.passkey_options,
        name="security_passkey_options",
    ),
    path(
        "profile/security/passkeys/<int:pk>/",
        security.passkey_rename,
        name="security_passkey_rename",
    ),
    path("profile/security/<int:pk>/remove/", security.factor_remove, name="security_remove"),
    path("look-as/stop/", security_people.look_as_stop, name="look_as_stop"),
    path("people/", people.people, name="people"),
    path("people/suggest/", people.suggest, name="people_suggest"),
    path("people/add/", people.employee_add, name="employee_add"),
    path("people/<int:pk>/", people.employee, name="employee"),
    path("people/<int:pk>/edit/", people.employee_edit, name="employee_edit"),
    path("people/<int:pk>/invite/", people.employee_invite, name="employee_invite"),
    path("people/<int:pk>/activity/", people.employee_activity, name="employee_activity"),
    path(
        "people/<int:pk>/second-factors/off/",
        security_people.second_factors_off,
        name="employee_second_factors_off",
    ),
    path(
        "people/<int:pk>/sessions/off/", security_people.sessions_off, name="employee_sessions_off"
    ),
    path("people/<int:pk>/security/", security_people.card, name="employee_security"),
    path("people/<int:pk>/look-as/", security_people.look_as, name="employee_look_as"),
    path("people/<int:pk>/<str:size>/<str:mark>/", people.employee_photo, name="employee_photo"),
    path("departments/", departments.departments, name="departments"),
    path("departments/add/", departments.department_add, name="department_add"),
    path("departments/<int:pk>/edit/", departments.department_edit, name="department_edit"),
    path("departments/move/", departments.department_move, name="department_move"),
    path("departments/<int:pk>/shift/", departments.department_shift, name="department_shift"),
    path("departments/<int:pk>/delete/", departments.department_delete, name="department_delete"),
    path("audit/", audit.audit, name="audit"),
    path("audit/export/", audit.audit_export, name="audit_export"),
    path("groups/", groups.groups, name="groups"),
    path("groups/add/", groups.group_add, name="group_add"),
    path("groups/<int:pk>/", groups.group, name="group"),
    path("groups/<int:pk>/edit/", groups.group_edit, name="group_edit"),
    path("groups/<int:pk>/join/", groups.group_join, name="group_join"),
    path("groups/<int:pk>/leave/", groups.group_leave, name="group_leave"),
    path("groups/<int:pk>/delete/", groups.group_delete, name="group_delete"),
    path("live/", live.live, name="live"),
    path("notifications/", notifications.notifications, name="notifications"),
    path(
        "notifications/settings/", notifications.notification_settings, name="notification_settings"
    ),
    path("notifications/bell/", notifications.bell, name="notifications_bell"),
    path("notifications/news/", notifications.news, name="notifications_news"),
    path("notifications/read/", notifications.notifications_read, name="notifications_read"),
    path("notifications/<int:pk>/", notifications.notification_open, name="notification_open"),
    path("notifications/<int:pk>/read/", notifications.notification_read, name="notification_read"),
    path("subjects/suggest/", subjects.suggest, name="subjects_suggest"),
]
