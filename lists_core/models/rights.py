"""Who holds which right on what: django-guardian's object permissions with direct foreign keys.

These rows are the truth. `readers` and `restricted` of a list's table are derived from them
(lists_core.services.rights writes both in one transaction, `check_access` compares them).
"""

from __future__ import annotations

from django.db import models
from guardian.models import GroupObjectPermissionBase, UserObjectPermissionBase

from lists_core.models.elements import Element
from lists_core.models.lists import Field, List
from lists_core.models.sections import Section


class ListUserRight(UserObjectPermissionBase):
    content_object = models.ForeignKey(List, on_delete=models.CASCADE, related_name="+")


class ListGroupRight(GroupObjectPermissionBase):
    content_object = models.ForeignKey(List, on_delete=models.CASCADE, related_name="+")


class SectionUserRight(UserObjectPermissionBase):
    content_object = models.ForeignKey(Section, on_delete=models.CASCADE, related_name="+")


class SectionGroupRight(GroupObjectPermissionBase):
    content_object = models.ForeignKey(Section, on_delete=models.CASCADE, related_name="+")


class ElementUserRight(UserObjectPermissionBase):
    """`list` repeats the element's list: "where was I given anything" needs no join."""

    content_object = models.ForeignKey(Element, on_delete=models.CASCADE, related_name="+")
    list = models.ForeignKey(List, on_delete=models.CASCADE, related_name="+")

    class Meta(UserObjectPermissionBase.Meta):
        indexes = [models.Index(fields=["user", "list"], name="element_right_user_list")]


class ElementGroupRight(GroupObjectPermissionBase):
    """As ElementUserRight."""

    content_object = models.ForeignKey(Element, on_delete=models.CASCADE, related_name="+")
    list = models.ForeignKey(List, on_delete=models.CASCADE, related_name="+")

    class Meta(GroupObjectPermissionBase.Meta):
        indexes = [models.Index(fields=["group", "list"], name="element_right_group_list")]


class FieldUserRight(UserObjectPermissionBase):
    content_object = models.ForeignKey(Field, on_delete=models.CASCADE, related_name="+")


class FieldGroupRight(GroupObjectPermissionBase):
    content_object = models.ForeignKey(Field, on_delete=models.CASCADE, related_name="+")
