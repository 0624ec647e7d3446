"""Leaks planted on purpose: (name, file, text as it stands, text with the leak).

plant_leaks.py plants each in a copy of the tree and sees the oracle's tests turn red.
"""

from __future__ import annotations

PREDICATE, PROFILE = "lists_core/access/predicate.py", "lists_core/access/profile.py"
LISTS, FIELDS = "lists_core/access/lists.py", "lists_core/access/fields.py"
GRANTED, ELEMENTS = "lists_core/access/granted.py", "lists_core/selectors/elements.py"
ACROSS, BULK = "lists_core/selectors/across.py", "lists_core/services/bulk.py"
NAMED = "    rows = elements(schema, actor).filter(pk__in=ids).order_by()"
SEARCH = "    rows = elements(schema_of(list_), actor).filter(_named(words))"
SUGGESTED = "    rows = elements(schema, actor).filter(_has_words(keys, words))"
LENT, MORE = "crm_link/lending.py", "lists_core/access/more.py"
REGISTRY = "lists_core/migrations/0006_element_registry.py"
EVERY = "schema.model.objects.filter(deleted_at=None)"
PLANTED: list[tuple[str, str, str, str]] = [
    ("restricted elements take rights from above", PREDICATE,
     "return None if inherited is None else Q(restricted=False) & inherited", "return inherited"),
    ("restricted sections take rights from above", PROFILE,
     "inherited = NOWHERE if cut else found", "inherited = found"),
    ("the author's rights are everybody's", PREDICATE,
     "        Q(created_by=actor.pk)\n        & _any(", "        _any("),
    ("the author's rights on one element are everybody's", PREDICATE,
     "held = grants.own | grants.author if row.created_by == person.id else grants.own",
     "held = grants.own | grants.author"),
    ("deactivated people keep what everybody has", PREDICATE,
     "    if not actor.is_active:\n        return NOTHING\n"
     "    rights = list_rights(actor, schema.list_id)\n",
     "    alive = type(actor)(pk=actor.pk, is_active=True, is_superuser=actor.is_superuser)\n"
     "    rights = list_rights(alive, schema.list_id)\n"),
    ("lists show to deactivated people", LISTS,
     "    if not actor.is_active:\n        return lists.none()\n", ""),
    ("every list shows", LISTS,
     "    return lists.filter(reached | Q(pk__among=_with_own_elements(actor, list(asked))))",
     "    return lists"),
    ("hidden fields are shown, filtered, sorted, searched", FIELDS,
     "return schema.without(hidden, locked=fixed - hidden)",
     "return schema.without((), locked=fixed - hidden)"),
    ("locked fields can be changed", FIELDS,
     "return schema.without(hidden, locked=fixed - hidden)",
     "return schema.without(hidden, locked=())"),
    ("fields of authors show in tables", FIELDS,
     "is_author = new or (row is not None and row.created_by == actor.pk)", "is_author = True"),
    ("rights are remembered for good", GRANTED,
     "    if actor.pk not in known:\n        known[actor.pk] = _who(actor)\n"
     "    return known[actor.pk]",
     "    known = who.__dict__\n    if str(actor.pk) not in known:\n"
     "        known[str(actor.pk)] = _who(actor)\n    return known[str(actor.pk)]"),
    ("titles of links without the predicate", ACROSS, NAMED,
     f"    rows = {EVERY}.filter(pk__in=ids).order_by()"),
    ("used in: every element", ACROSS,
     "return elements(schema, actor).filter(points)", f"return {EVERY}.filter(points)"),
    ("search everywhere without the predicate", "lists_core/selectors/search.py", SEARCH,
     "    rows = schema_of(list_).model.objects.filter(_named(words))"),
    ("suggestions without the predicate", "lists_core/selectors/suggest.py", SUGGESTED,
     f"    rows = {EVERY}.filter(_has_words(keys, words))"),
    ("numbers of sections count all rows", "lists_core/selectors/section_tree.py",
     "    rows = elements(schema_of(list_), actor).order_by()",
     "    rows = schema_of(list_).model.objects.filter(deleted_at=None).order_by()"),
    ("the bin without the predicate", "lists_core/selectors/bin.py",
     'return rows.filter(allowed(actor, Right.VIEW, schema))', "return rows"),
    ("rows by ids (pages, export) without the predicate", ELEMENTS,
     "by_id = elements(schema, actor).in_bulk(ids)", "by_id = schema.model.objects.in_bulk(ids)"),
    ("history shows hidden fields", "lists_core/selectors/history.py",
     "        if row.pk in readable if row else sees_all:", "        if True:"),
    ("files of hidden fields are downloaded", "lists_core/selectors/files.py",
     "return _in_readable_fields(actor, shown)", "return {use.file_id for use in shown}"),
    ("files of hidden elements are downloaded", "lists_core/selectors/files.py",
     "shown = [use for use in uses if (use.field.list_id, use.element_id) in seen]",
     "shown = uses if seen is not None else []"),
    ("bulk changes without the right", BULK,
     "return [row for row in rows if right in held[row.pk]], report", "return list(rows), report"),
    ("one element is changed without the right", "lists_core/services/elements.py",
     "    if right not in rights_on(actor, schema, [row])[row.pk]:\n        raise Forbidden",
     "    pass"),
    ("adding without the right", "lists_core/services/elements.py",
     "    if Right.ADD not in place.on_some:\n        raise Forbidden\n", ""),
    ("readers are not renewed when a right is taken", "lists_core/services/rights.py",
     "    sync_readers(list_id, [element_id])\n", ""),
    ("an export is given out whatever it names", "lists_core/selectors/across.py",
     "        if rows.count() != rows.filter(readable).count():\n            return False\n", ""),
    ("a key makes elements by a field that one may not change",
     "lists_core/services/imports_keys.py",
     "and column.field.key not in self.importer.own.locked", "and True"),
    ("a key finds elements where every row is added", "lists_core/transfer/spec.py",
     "key=False) for", "key=column.key) for"),
    ("import finds hidden elements", "lists_core/services/imports_keys.py",
     "rows = elements(self.importer.schema, self.importer.actor)",
     "rows = self.importer.schema.model.objects.filter(deleted_at=None)"),
    ("reports count every element", "lists_core/reports/answer.py",
     "    rows = found(schema, ElementQuery(filter=question.filter), actor=actor)\n",
     "    rows = schema.model.objects.filter(deleted_at=None)\n"),
    ("reports tell apart what may not be named", "lists_core/reports/answer.py",
     "(GONE, None) if titles is not None and key not in titles else (VALUE, key)",
     "(VALUE, key)"),
    ("roles give items of anybody", PREDICATE,
     '    return Q.create([(f"{column}__among", sorted(owners))])', "    return Q()"),
    ("roles give rights on rows of anybody", PROFILE, "if owner in ids}", "if ids}"),
    ("roles reach restricted items", PREDICATE,
     "        _unrestricted(_through(rights, right, owner_column(schema, rights.owner))),",
     "        _through(rights, right, owner_column(schema, rights.owner)),"),
    ("roles reach restricted pipelines", MORE,
     "        if restricted:\n            return NO_LOAN\n", ""),
    ("a pipeline's own permission is passed over", MORE,
     "while place is not None and place not in lent.places:", "while place is not None:"),
    ("a department is everybody", LENT,
     "people = Employee.objects.filter(department__in=mine.values(\"pk\"))",
     "people = Employee.objects.all()"),
    ("roles without scopes show their list", LENT,
     "return Q(Exists(rows.exclude(**dict.fromkeys(OPERATIONS.values(), Scope.NONE))))",
     "return Q(Exists(rows))"),
    ("the audience forgets roles", "lists_core/selectors/audience.py",
     "    readers |= readers_lent(list_, lending(counting), row)\n", ""),
    ("the audience of roles is everybody in them", LENT,
     "    if owner is None:\n        return Q(pk__in=[])\n    own = Q(pk=owner)",
     "    return Q()\n    own = Q(pk=owner)"),
    ("items are added for anybody", "crm_link/listeners/responsible.py",
     "    if Right.ADD not in place.on_all and owner not in place.owners(Right.ADD):",
     "    if False:"),
    ("an own element shows its list though it is restricted", LISTS,
     "    return Q(restricted=False) & (at_root", "    return (at_root"),
    ("an own element shows its list though its section is closed", LISTS,
     "    outside = Q(section=None) | ~Q(section__among=closed)", "    outside = Q()"),
    ("an element shows its list to others than its author", LISTS,
     "own = Element.objects.filter(readable, author=actor.pk, list=OuterRef(\"pk\"))",
     "own = Element.objects.filter(readable, list=OuterRef(\"pk\"))"),
    ("the registry does not learn of the restriction", REGISTRY,
     "restricted = made.restricted", "restricted = false"),
    ("the registry does not learn of the section", REGISTRY,
     "section = made.section,", "section = element.section,"),
    ("the registry keeps the author of what is in the bin", REGISTRY,
     "author = CASE WHEN made.deleted_at IS NULL THEN made.created_by END,",
     "author = made.created_by,"),
    ("the registry does not follow a restriction", REGISTRY,
     "restricted = NEW.restricted", "restricted = restricted"),
]  # fmt: skip

#: Leaks that the small world does not show → the test that is about them, with its arguments.
ELSEWHERE: dict[str, tuple[str, str, dict[str, object]]] = {
    "rights are remembered for good": ("test_staleness", "test_what_is_taken_is_gone", {}),
    "readers are not renewed when a right is taken": (
        "test_staleness", "test_what_is_taken_is_gone", {},
    ),
    "the registry does not follow a restriction": (
        "test_staleness", "test_what_is_closed_later_hides_its_list", {},
    ),
    "an export is given out whatever it names": (
        "test_attacks_titles", "test_a18_a_title_lost_before_the_download",
        {"lose": lambda world: world.close_partner(world.partner)},
    ),
    "a key makes elements by a field that one may not change": (
        "test_attacks_import", "test_a60_a_key_that_one_may_not_change_makes_no_element",
        {"mode": "both"},
    ),
    "a key finds elements where every row is added": (
        "test_attacks_import", "test_a60_a_key_finds_nothing_where_every_row_is_added", {},
    ),
}  # fmt: skip
