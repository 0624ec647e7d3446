"""What is bound to stages that are removed. The remover has asked for the right.

A questionnaire stays, switched off, with all that was asked: somebody chooses another stage for
it. Robots are of their stage alone and go with it.
"""

from __future__ import annotations

from collections.abc import Sequence

from crm_link.models import Questionnaire, Robot, Stage, StageRobots
from crm_link.services.questionnaires import save_questionnaire
from staff.models import Employee
from workflows.services.kept_templates import retire_kept


def let_go(stages: Sequence[Stage], *, actor: Employee) -> None:
    """Nothing is asked on the stages any more, and nothing is done there by itself."""
    for one in Questionnaire.objects.filter(stage__in=stages, is_on=True):
        save_questionnaire(one.pk, actor=actor, is_on=False)
    for kept in StageRobots.objects.filter(stage__in=stages).select_related("template"):
        retire_kept(kept.template)
    Robot.objects.filter(stage__in=stages).delete()


def spare(stages: Sequence[Stage]) -> None:
    """Before their pipeline goes, and all its stages with it: those of questionnaires stay, for
    the report speaks of them."""
    ids = [stage.pk for stage in stages]
    asked = Questionnaire.objects.filter(stage__in=ids).values("stage")
    Stage.objects.filter(pk__in=asked).update(pipeline=None)
