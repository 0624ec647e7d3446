"""`pk__among=ids`: as `pk__in`, with one parameter however many ids there are.

Thousands of parameters cost more to bind than the statement costs to run. The array is of the
column's own type: PostgreSQL looks into it by a hash then, and one by one otherwise.
"""

from __future__ import annotations

from typing import Any

from django.db.models import Field, Lookup


@Field.register_lookup
class Among(Lookup):
    lookup_name = "among"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        column, parameters = self.process_lhs(compiler, connection)
        kind = self.lhs.output_field.rel_db_type(connection)
        return f"{column} = ANY(%s::{kind}[])", (*parameters, list(self.rhs))
