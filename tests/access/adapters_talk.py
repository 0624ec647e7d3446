"""Comments, who may read an element, and news that lead to elements."""

from __future__ import annotations

from django.urls import reverse

from lists_core.access import Right
from lists_core.element_tabs import open_target
from lists_core.notification_guard import closed
from lists_core.selectors.audience import audience
from lists_core.selectors.comments import comment_count, conversation, suggest_people
from lists_core.selectors.elements import elements
from staff.models import Employee
from svod.base.errors import DomainError
from tests.access.look import Look
from tests.access.worlds import canary


def comments(look: Look) -> None:
    """Every element has one comment; it is read and counted by whoever reads the element."""
    for number, pk in look.built.elements.items():
        list_ = look.built.lists[look.world.elements[number]["list"]]
        try:
            target = open_target(look.actor, Right.VIEW, list_.pk, pk)
        except DomainError as error:
            look.same(f"comments of {number}", type(error).__name__, "NotFound")
            look.same(f"comments of {number} are hidden", look.sees(number), False)
            continue
        said, more = conversation(target)
        look.same(f"comments of {number}", [one.row.text for one in said], [canary(number)])
        look.same(f"count of comments of {number}", (comment_count(target), more), (1, False))
        look.same(f"comments of {number} are seen", look.sees(number), True)
        found = {one.pk for one in suggest_people(target, "Person")}
        readers = set(audience(list_, target.row, actor=look.actor).values_list("pk", flat=True))
        look.same(f"mentions on {number}", found <= readers - {look.actor.pk}, True)


def readers_of(look: Look) -> None:
    """The audience of an element has the person in it exactly where they may read it."""
    maker = Employee.objects.get(username="maker")
    for list_ in look.world.lists:
        for row in elements(look.built.schema(list_), maker):
            number = look.built.number(row.pk)
            people = audience(look.built.lists[list_], row, actor=maker)
            got = people.filter(pk=look.actor.pk).exists()
            look.same(f"audience of {number}", got, look.sees(number))


def news(look: Look) -> None:
    """What notifications lead to is closed where the element or the list is."""
    pages = {
        reverse(name, args=[look.built.lists[look.world.elements[number]["list"]].pk, pk]): number
        for number, pk in look.built.elements.items()
        for name in ("element", "element_comments")
    }
    open_ = {number for url, number in pages.items() if url not in closed(look.actor, pages)}
    look.same("news of elements", open_, {number for number in pages.values() if look.sees(number)})
    lists = {reverse("list", args=[row.pk]): number for number, row in look.built.lists.items()}
    known = {number for url, number in lists.items() if url not in closed(look.actor, lists)}
    look.same("news of lists", known, set(look.lists()))


TALK = [comments, readers_of, news]
