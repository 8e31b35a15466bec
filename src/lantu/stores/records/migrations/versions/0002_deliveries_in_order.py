"""An index that leads to the last message of an address · 按回调地址取最近投递的索引."""

from __future__ import annotations

from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Lay the index · 建立索引."""
    op.create_index("ix_deliveries_webhook_id_created_at", "deliveries", ["webhook_id", "created_at"])
    op.drop_index("ix_deliveries_webhook_id", "deliveries")


def downgrade() -> None:
    """Lay the index of before · 恢复原索引."""
    op.create_index("ix_deliveries_webhook_id", "deliveries", ["webhook_id"])
    op.drop_index("ix_deliveries_webhook_id_created_at", "deliveries")
