"""Where Alembic finds the connection and the models · 迁移环境."""

from __future__ import annotations

from alembic import context

from lantu.stores.records.migrating import is_ours
from lantu.stores.records.models import Row

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Row.metadata,
    include_name=is_ours,
    transactional_ddl=True,
    compare_type=True,
)
context.run_migrations()
