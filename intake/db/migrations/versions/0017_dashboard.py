"""The newest delivery to each destination is found at once"""

import sqlalchemy as sa
from alembic import op

revision = '0017'
down_revision = '0011'
branch_labels = None
depends_on = None

DELIVERED = sa.text('delivered_at IS NOT NULL')


def upgrade() -> None:
    op.create_index(
        'ix_publications_delivered',
        'publications',
        ['destination_id', 'delivered_at'],
        sqlite_where=DELIVERED,
        postgresql_where=DELIVERED,
    )


def downgrade() -> None:
    op.drop_index('ix_publications_delivered', table_name='publications')
