"""Settings of the tabs of cards."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from crm_link.access import require_crm_manager
from crm_link.figures import has_options, measurable, measures
from crm_link.kinds import Kind
from crm_link.models import CardTabSetting, TabFigure
from crm_link.services.told import tell, tell_of_kind
from lists_core.field_types.pickers import is_id
from lists_core.models import FieldOption, List
from lists_core.schema.cache import schema_of
from staff.models import Employee
from svod.base.errors import Invalid

MOST_FIGURES = 12


@transaction.atomic
def arrange_tabs(
    kind: Kind, order: Sequence[str], *, hidden: Collection[str], actor: Employee
) -> None:
    """Put the tabs of a kind's cards into this order; those of `hidden` nobody sees. Tabs that
    are not named, as those of lists that the actor does not see, stay as they are.

    Raises Forbidden.
    """
    require_crm_manager(actor)
    CardTabSetting.objects.filter(kind=kind.slug, tab__in=order).delete()
    CardTabSetting.objects.bulk_create(
        CardTabSetting(kind=kind.slug, tab=tab[:60], place=place, hidden=tab in hidden)
        for place, tab in enumerate(dict.fromkeys(order), start=1)
    )
    named = _named(order)
    tell_of_kind(
        "tabs_arranged", kind, actor=actor, order=list(named.values()),
        hidden=[name for tab, name in named.items() if tab in hidden],
    )  # fmt: skip


def _named(tabs: Sequence[str]) -> dict[str, str]:
    """Tab → the name of its list; the other tabs by their own slugs."""
    ids = {tab: int(pk) for tab in tabs if is_id(pk := tab.removeprefix("list-")) and pk != tab}
    names = dict(List.objects.filter(pk__in=ids.values()).values_list("pk", "name"))
    return {tab: names.get(ids.get(tab, 0), tab) for tab in tabs}


@transaction.atomic
def set_figures(
    kind: Kind, list_: List, chosen: Sequence[tuple[str, str]], *, actor: Employee
) -> list[TabFigure]:
    """What cards of the kind tell of this list: pairs of a text of `crm_link.figures` and a label
    (empty for the usual one). Raises Forbidden, Invalid."""
    require_crm_manager(actor)
    if len(chosen) > MOST_FIGURES:
        raise Invalid({"": [_("At most %(count)d figures.") % {"count": MOST_FIGURES}]})
    figures = [_figure(kind, list_, text, label) for text, label in chosen]
    TabFigure.objects.filter(kind=kind.slug, list=list_).delete()
    for place, figure in enumerate(figures, start=1):
        figure.place = place
    told = [f"{one.label} ({text})" if one.label else text
            for one, (text, _label) in zip(figures, chosen, strict=True)]  # fmt: skip
    tell(
        "figures_chosen", actor=actor, subject=f"list:{list_.pk}", called=list_.name,
        kind=kind.plural, figures=told,
    )  # fmt: skip
    return TabFigure.objects.bulk_create(figures)


def _figure(kind: Kind, list_: List, text: str, label: str) -> TabFigure:
    slug, _colon, number = text.partition(":")
    made = TabFigure(kind=kind.slug, list=list_, measure=slug, label=label.strip()[:100])
    if slug == "count" and not number:
        return made
    measure = measures.get(slug) if slug in measures else None
    pk = int(number) if is_id(number) else 0
    fields = {one.field.pk: one for one in schema_of(list_).fields}
    if measure and measure.of_options:
        option = FieldOption.objects.filter(pk=pk, field__in=fields, deleted_at=None).first()
        if option and has_options(fields[option.field_id]):
            made.field_id, made.option_id = option.field_id, option.pk
            return made
    elif measure and pk in fields and measurable(fields[pk], measure):
        made.field_id = pk
        return made
    raise Invalid({"": [_("The list has nothing like this to tell.")]})
