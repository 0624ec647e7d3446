"""People and departments in the Django admin."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.apps import apps
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import Group
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from staff import admin_calendar as _calendar  # noqa: F401 - registers
from staff.models import AuditEntry, Department, Employee
from staff.selectors import is_administrator, not_empty
from staff.services import departments, employees, passwords
from staff.services.groups import sync_groups

# Seeds of second factors and accounts of other systems are nobody's to look at or change.
for app in ("account", "mfa", "socialaccount"):
    for model in filter(admin.site.is_registered, list(apps.get_app_config(app).get_models())):
        admin.site.unregister(model)

# One sign-in page, with its lock-out, for the whole portal.
admin.site.login = login_required(admin.site.login)  # type: ignore[method-assign]
# Groups carry rights: they follow the departments or are kept, and logged, on /groups/.
admin.site.unregister(Group)


@admin.register(Employee)
class EmployeeAdmin(UserAdmin):
    """Employees; deactivation and departments go through the services, as in the portal."""

    list_display = ["last_name", "first_name", "email", "position", "department", "is_active"]
    list_display_links = ["last_name", "first_name"]
    list_filter = ["is_active", "is_superuser", "department", "language"]
    list_select_related = ["department"]
    search_fields = ["last_name", "first_name", "patronymic", "email", "username", "position"]
    ordering = ["last_name", "first_name"]
    autocomplete_fields = ["manager"]
    readonly_fields = ["picture", "last_login", "date_joined"]
    actions = ["deactivate", "sign_out_everywhere"]
    fieldsets = [
        (None, {"fields": ["username", "password"]}),
        (
            _("Person"),
            {
                "fields": [
                    "last_name", "first_name", "patronymic", "picture", "email", "phone",
                    "birthday",
                ]
            },
        ),
        (_("Work"), {"fields": ["position", "department", "manager"]}),
        (_("Settings"), {"fields": ["time_zone", "language", "theme"]}),
        (_("Rights"), {"fields": ["is_active", "is_staff", "is_superuser"]}),
        (_("Dates"), {"fields": ["last_login", "date_joined"]}),
    ]  # fmt: skip
    add_fieldsets = [
        (
            None,
            {
                "classes": ["wide"],
                "fields": [
                    "username", "email", "last_name", "first_name", "usable_password",
                    "password1", "password2",
                ],
            },
        ),
    ]  # fmt: skip

    @admin.display(description=_("Photo"))
    def picture(self, employee: Employee) -> str:
        if not employee.photo:
            return "—"
        return format_html('<img src="{}" width="96" height="96" alt="">', employee.thumbnail_url)

    def save_model(self, request: HttpRequest, obj: Employee, *args: Any) -> None:
        old = Employee.objects.filter(pk=obj.pk).first()
        super().save_model(request, obj, *args)
        values = {name: getattr(old, name) for name in employees.AUDITED} if old else None
        employees.record_changes(obj, values, actor=request.user)

    def user_change_password(
        self, request: HttpRequest, id: str, form_url: str = ""
    ) -> HttpResponse:
        answer = super().user_change_password(request, id, form_url)
        if request.method == "POST" and answer.status_code == HTTPStatus.FOUND:
            person = Employee.objects.get(pk=id)
            passwords.record_new_password(person, actor=request.user)
        return answer

    def save_related(self, request: HttpRequest, form: ModelForm, *args: Any) -> None:
        super().save_related(request, form, *args)
        sync_groups([form.instance])
        if "is_active" in form.changed_data and not form.instance.is_active:
            employees.end_sessions(form.instance, actor=request.user)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody: people are deactivated, their work keeps its author."""
        return False

    @admin.action(description=_("Deactivate"))
    def deactivate(self, request: HttpRequest, chosen: QuerySet[Employee]) -> None:
        for employee in chosen.exclude(pk=request.user.pk or 0):
            employees.deactivate_employee(employee, actor=request.user)

    @admin.action(description=_("Sign out everywhere"))
    def sign_out_everywhere(self, request: HttpRequest, chosen: QuerySet[Employee]) -> None:
        for employee in chosen:
            employees.end_sessions(employee, actor=request.user)


class SubDepartments(admin.TabularInline):
    """The departments right below, to see and to reorder."""

    model = Department
    fk_name = "parent"
    fields = ["name", "sort", "head"]
    autocomplete_fields = ["head"]
    extra = 0
    can_delete = False
    show_change_link = True


@admin.register(Department)
class DepartmentAdmin(admin.ModelAdmin):
    list_display = ["indented", "head", "sort"]
    list_display_links = ["indented"]
    list_editable = ["sort"]
    list_select_related = ["head"]
    search_fields = ["name"]
    list_filter = [("head", admin.EmptyFieldListFilter)]
    autocomplete_fields = ["parent", "head"]
    inlines = [SubDepartments]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Department]:
        return Department.objects.with_tree_fields()

    def get_ordering(self, request: HttpRequest) -> tuple[()]:
        """None of our own: the order of the tree."""
        return ()

    @admin.display(description=_("Department"))
    def indented(self, department: Department) -> str:
        return "\u2003" * department.tree_depth + department.name

    def save_related(self, request: HttpRequest, form: ModelForm, *args: Any) -> None:
        super().save_related(request, form, *args)
        sync_groups()

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        allowed = super().has_delete_permission(request, obj)
        return allowed and (obj is None or not not_empty(obj))

    def delete_model(self, request: HttpRequest, obj: Department) -> None:
        departments.delete_department(obj, actor=request.user)

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """No bulk deletion: it would ask the service about none of them."""
        actions = super().get_actions(request)
        actions.pop("delete_selected", None)
        return actions


@admin.register(AuditEntry)
class AuditAdmin(admin.ModelAdmin):
    """The log, for administrators to read; the portal's own page filters better."""

    list_display = ["at", "event", "actor_name", "subject", "subject_name", "ip"]
    list_filter = ["event"]
    show_full_result_count = False
    ordering = ["-at", "-id"]

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return is_administrator(request.user)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return is_administrator(request.user)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
