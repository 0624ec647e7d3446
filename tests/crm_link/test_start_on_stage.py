"""A process starts when an item comes to a stage, by whatever door, once for each coming."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.http import QueryDict

from crm_link.kinds import DEAL, LEAD
from crm_link.models import Stage
from crm_link.services.items import move_to_stage
from crm_link.services.stages import create_pipeline
from lists_core.models import OutboxEvent, Section
from lists_core.services.bulk import bulk_move, bulk_update
from lists_core.services.elements import update_element
from tests.crm_link.crm_world import item, stage
from tests.crm_link.process_world import go, process, redraft, runs, statuses
from tests.workflows.processes import put, step
from workflows.designer.scene import Scene
from workflows.designer.settings_form import SettingsForm
from workflows.designer.triggers import triggers_in_words
from workflows.services.templates import NotPublishable, pause

pytestmark = pytest.mark.django_db
WAIT = [step("wait", "w", period={"amount": 3, "unit": "days"}), put("a", "1")]


def on(*stages, **more):
    return [{"event": "crm_stage", "stages": [one.pk for one in stages], **more}]


def test_a_new_item_and_a_moved_one_start_it_once_each(admin, lists):
    made = process(
        lists["lead"], [put("a", "1")], actor=admin, triggers=on(stage("lead", "IN_PROCESS"))
    )
    there = item("lead", admin, STAGE=stage("lead", "IN_PROCESS").pk)
    moved = item("lead", admin)
    go()
    assert [one.subject_id for one in runs(made)] == [there.pk]
    move_to_stage(LEAD, moved.pk, stage("lead", "IN_PROCESS").pk, actor=admin)
    go()
    go()
    assert statuses(made, moved.pk) == ["done"]
    update_element(lists["lead"].pk, moved.pk, {"NAME": "Other"}, version=2, actor=admin)
    go()
    assert len(runs(made)) == 2
    move_to_stage(LEAD, moved.pk, stage("lead", "JUNK").pk, actor=admin)
    move_to_stage(LEAD, moved.pk, stage("lead", "IN_PROCESS").pk, actor=admin)
    go()
    assert len(runs(made, moved.pk)) == 2


def test_bulk_changes_and_moves_between_pipelines_start_it(admin, lists):
    other = create_pipeline(lists["deal"], "Retail", actor=admin)
    first = Stage.objects.filter(pipeline=other).first()
    made = process(
        lists["deal"], [put("a", "1")], actor=admin, triggers=on(stage("deal", "EXECUTING"), first)
    )
    rows = [item("deal", admin) for _place in range(3)]
    ids = [one.pk for one in rows]
    bulk_update(lists["deal"].pk, ids[:2], {"STAGE": stage("deal", "EXECUTING").pk}, actor=admin)
    bulk_move(lists["deal"].pk, ids[2:], section_id=other.pk, actor=admin)
    go()
    assert sorted(one.subject_id for one in runs(made)) == ids


def test_it_ends_when_the_item_leaves_the_stages(admin, lists):
    work, done = stage("lead", "IN_PROCESS"), stage("lead", "PROCESSED")
    held = process(lists["lead"], WAIT, actor=admin, triggers=on(work, done, until_left=True))
    free = process(lists["lead"], WAIT, actor=admin, triggers=on(work))
    lead = item("lead", admin, STAGE=work.pk)
    go()
    move_to_stage(LEAD, lead.pk, done.pk, actor=admin)
    go()
    assert statuses(held) == ["waiting", "waiting"]
    pause(held.pk, True, actor=admin)
    move_to_stage(LEAD, lead.pk, stage("lead", "JUNK").pk, actor=admin)
    go()
    assert (statuses(held), statuses(free)) == (["cancelled", "cancelled"], ["waiting"])
    go(timedelta(days=4))
    assert (statuses(held), statuses(free)) == (["cancelled", "cancelled"], ["done"])
    assert runs(held)[0].log.filter(event="outlived").count() == 1


def test_who_has_left_before_the_start_starts_nothing(admin, lists):
    made = process(
        lists["lead"], WAIT, actor=admin, triggers=on(stage("lead", "IN_PROCESS"), until_left=True)
    )
    lead = item("lead", admin, STAGE=stage("lead", "IN_PROCESS").pk)
    move_to_stage(LEAD, lead.pk, stage("lead", "JUNK").pk, actor=admin)
    go()
    assert runs(made) == []


@contextmanager
def in_other_hands(*events):
    """These events are being handled by a worker that is slower than ours."""
    rows = OutboxEvent.objects.filter(pk__in=[one.pk for one in events])
    rows.update(handled=True)
    yield
    rows.update(handled=False)


def moved_about(lead, *codes, admin):
    """The events of moves to these stages, unhandled."""
    for code in codes:
        move_to_stage(LEAD, lead.pk, stage("lead", code).pk, actor=admin)
    return list(OutboxEvent.objects.filter(topic="crm.stage", handled=False).order_by("pk"))


def test_leaving_that_is_handled_late_ends_only_what_began_before(admin, lists):
    work = stage("lead", "IN_PROCESS")
    made = process(lists["lead"], WAIT, actor=admin, triggers=on(work, until_left=True))
    lead = item("lead", admin, STAGE=work.pk)
    go()
    left, _back = moved_about(lead, "JUNK", "IN_PROCESS", admin=admin)
    with in_other_hands(left):
        go()
    assert statuses(made) == ["waiting", "waiting"]
    go()
    assert statuses(made) == ["cancelled", "waiting"]


def test_who_left_and_came_back_before_the_start_is_started_once(admin, lists):
    work = stage("lead", "IN_PROCESS")
    made = process(lists["lead"], WAIT, actor=admin, triggers=on(work, until_left=True))
    lead = item("lead", admin)
    go()
    came, left, _back = moved_about(lead, "IN_PROCESS", "JUNK", "IN_PROCESS", admin=admin)
    with in_other_hands(came, left):
        go()
    go()
    assert statuses(made) == ["waiting"]


def test_what_it_waits_for_ends_with_it(admin, lists):
    inner = process(lists["lead"], WAIT, actor=admin)
    call = step("start_process", "call", process=inner.code, wait=True)
    outer = process(
        lists["lead"],
        [call],
        actor=admin,
        triggers=on(stage("lead", "IN_PROCESS"), until_left=True),
    )
    lead = item("lead", admin, STAGE=stage("lead", "IN_PROCESS").pk)
    go()
    assert (statuses(outer), statuses(inner)) == (["waiting"], ["waiting"])
    move_to_stage(LEAD, lead.pk, stage("lead", "NEW").pk, actor=admin)
    go()
    assert (statuses(outer), statuses(inner)) == (["cancelled"], ["cancelled"])


def test_a_condition_narrows_it(admin, lists):
    only = {"and": [{"field": "NAME", "op": "contains", "value": ["Big"]}]}
    made = process(
        lists["deal"], [put("a", "1")], actor=admin, triggers=on(stage("deal", "NEW"), filter=only)
    )
    big, _small = item("deal", admin, "Big one"), item("deal", admin, "Small one")
    go()
    assert [one.subject_id for one in runs(made)] == [big.pk]


def test_publishing_wants_a_stage_of_the_list(admin, lists):
    made = process(lists["lead"], [put("a", "1")], actor=admin)
    for wrong in (on(), on(stage("deal", "WON"))):
        with pytest.raises(NotPublishable):
            redraft(made, [put("a", "1")], actor=admin, triggers=wrong)
    contacts = process(lists["contact"], [put("a", "1")], actor=admin)
    with pytest.raises(NotPublishable):
        redraft(contacts, [put("a", "1")], actor=admin, triggers=on(stage("lead", "NEW")))


def test_the_designer_offers_the_stages_and_says_them(admin, lists):
    create_pipeline(lists["deal"], "Retail", actor=admin)
    new = stage("deal", "NEW")
    tree = {"steps": [], "triggers": on(new, until_left=True)}
    scene = Scene(process(lists["deal"], [put("a", "1")], actor=admin), tree, admin)
    home = Section.objects.get(pk=new.pipeline_id)
    assert triggers_in_words(scene)[1] == (
        f"Когда элемент попадает на стадию «{home} · {new}», пока не уйдёт с неё"
    )
    html = str(SettingsForm(None, scene=scene)["triggers"])
    assert f"{home} · {new}" in html
    assert "Retail" in html
    data = {"triggers-rows": "0", "triggers-0-event": "crm_stage", "triggers-0-stages": str(new.pk)}
    given = QueryDict(mutable=True)
    given.update(data)
    read = SettingsForm(given, scene=scene).read()
    assert read["triggers"] == [{"event": "crm_stage", "stages": [str(new.pk)]}]


def test_other_lists_do_not_offer_it(admin, lists):
    tree = {"steps": [], "triggers": [{"event": "created"}]}
    scene = Scene(process(lists["contact"], [put("a", "1")], actor=admin), tree, admin)
    assert "crm_stage" not in str(SettingsForm(None, scene=scene)["triggers"])


def test_deals_of_a_pipeline_that_has_no_such_stage(admin, lists):
    """A stage of another pipeline is another stage, though its code is alike."""
    other = create_pipeline(lists["deal"], "Retail", actor=admin)
    twin = Stage.objects.get(pipeline=other, code__endswith=":WON")
    made = process(lists["deal"], [put("a", "1")], actor=admin, triggers=on(twin))
    row = item("deal", admin)
    move_to_stage(DEAL, row.pk, stage("deal", "WON").pk, actor=admin)
    go()
    assert runs(made) == []
