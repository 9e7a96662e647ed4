"""Every chained record counts its entries in the same width"""

import sqlalchemy as sa
from alembic import op

revision = '0019'
down_revision = '0018'
branch_labels = None
depends_on = None

ENTRIES = (
    ('partner_changes', 'sequence', False),
    ('document_releases', 'sequence', False),
    ('document_releases', 'withdraws', True),
    ('concern_events', 'sequence', False),
)
HEADS = ('partner_changes_head', 'document_releases_head', 'concern_events_head')


def upgrade() -> None:
    _change(sa.Integer(), sa.BigInteger())


def downgrade() -> None:
    _change(sa.BigInteger(), sa.Integer())


def _change(old: sa.Integer, new: sa.Integer) -> None:
    for table in HEADS:
        with op.batch_alter_table(table) as head:
            head.alter_column('sequence', existing_type=old, type_=new, existing_nullable=False)
    if op.get_bind().dialect.name == 'sqlite':  # an entry's place is a plain INTEGER there
        return
    for table, column, nullable in ENTRIES:
        op.alter_column(table, column, existing_type=old, type_=new, existing_nullable=nullable)
