"""Counter: no gap, no double, whoever creates and whatever is refused."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction

from lists_core.field_types.counter import pass_over, reserve_numbers
from lists_core.schema.cache import schema_of
from lists_core.services.elements import copy_element
from lists_core.services.type_changes import Target, change_type
from svod.base.errors import Invalid
from tests.lists_core.one_field import OneField

SETTINGS = {"start": 10, "step": 5, "digits": 4, "before": "№ "}


@pytest.mark.django_db
def test_numbers_go_on_and_a_refused_element_gives_its_own_back() -> None:
    world = OneField.make("counter", settings=SETTINGS)
    read = world.field.read
    assert [read(world.add()), read(world.add())] == [10, 15]
    with pytest.raises(Invalid):
        world.add(name=" ")
    row = world.add(None)
    assert world.field.to_text(read(row)) == "№ 0020"
    assert world.from_text("№ 0020") == 20
    assert world.field.read(copy_element(world.list.pk, row.pk, actor=world.actor)) == 25
    assert world.names(search="№0020") == world.names(search="20") == ["x"]


@pytest.mark.django_db
def test_numbers_reserved_for_an_import() -> None:
    world = OneField.make("counter", settings=SETTINGS)
    assert list(reserve_numbers(world.field.field, 3)) == [10, 15, 20]
    pass_over(world.field.field, 100)
    pass_over(world.field.field, 50)
    assert world.field.read(world.add()) == 105


@pytest.mark.django_db
def test_a_number_of_a_persons_own_is_passed_over() -> None:
    world = OneField.make("counter", settings={"editable": True}, unique=True)
    world.add(2)
    world.add(3)
    assert world.field.read(world.add()) == 4, "counting begins above what the list has"
    world.add(5)
    assert world.field.read(world.add()) == 6
    assert world.field.type.next_values(world.field.field, 2) == [7, 8]


@pytest.mark.django_db
def test_a_higher_start_is_jumped_to_and_a_lower_one_is_not() -> None:
    world = OneField.make("counter")
    world.add()
    world.change(settings={"start": 1000})
    assert world.field.read(world.add()) == 1000
    world.change(settings={"start": 1})
    assert world.field.read(world.add()) == 1001


@pytest.mark.django_db
def test_a_field_that_becomes_a_counter_goes_on_above_its_numbers() -> None:
    world = OneField.make("number")
    world.add(41)
    target = Target("counter", multiple=False, settings={"start": 1})
    change_type(world.field.field.pk, target, actor=world.actor)
    assert world.field.read(world.add()) == 42


def test_a_number_that_people_may_not_change_is_not_asked_for() -> None:
    from lists_core.field_types.base import field_types
    from lists_core.models import Field

    control = field_types.get("counter").form_field(Field(settings={}), required=True)
    assert control.disabled
    assert not control.required


@pytest.mark.django_db(transaction=True)
def test_two_hundred_creators_at_once() -> None:
    world = OneField.make("counter")

    def create(number: int) -> None:
        try:
            with transaction.atomic():
                world.add()
                if number % 10 == 0:
                    raise ZeroDivisionError
        except ZeroDivisionError:
            pass
        finally:
            connection.close()

    with ThreadPoolExecutor(10) as crowd:
        list(crowd.map(create, range(200)))
    model = schema_of(world.list).model
    numbers = sorted(model.objects.values_list(world.field.main_column, flat=True))
    assert numbers == list(range(1, 181))
