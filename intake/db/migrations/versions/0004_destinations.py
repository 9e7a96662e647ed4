"""Destinations of several kinds: formats, filters, feeds, circuits, dead letters"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None

_WAITING = sa.text("state = 'pending'")
_DESTINATION: tuple[sa.Column[Any], ...] = (
    sa.Column('format', sa.String(length=32), server_default='cloudevents', nullable=False),
    sa.Column('options', sa.JSON(), server_default='{}', nullable=False),
    sa.Column('filters', sa.JSON(), server_default='{}', nullable=False),
    sa.Column('token_key', sa.String(length=64), nullable=True),
    sa.Column('feed_position', sa.BigInteger(), server_default='0', nullable=False),
    sa.Column('failures', sa.Integer(), server_default='0', nullable=False),
    sa.Column('open_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('error', sa.String(length=200), nullable=True),
)
_PUBLICATION: tuple[sa.Column[Any], ...] = (
    sa.Column('shipment', sa.String(length=40), nullable=True),
    sa.Column('position', sa.BigInteger(), nullable=True),
    sa.Column('accepted_at', sa.DateTime(timezone=True), nullable=True),
)


def upgrade() -> None:
    for column in _DESTINATION:
        op.add_column('destinations', column._copy())
    op.create_index('ix_destinations_token_key', 'destinations', ['token_key'], unique=True)
    for column in _PUBLICATION:
        op.add_column('publications', column._copy())
    op.create_index(
        'ix_publications_waiting', 'publications', ['destination_id', 'sequence'],
        sqlite_where=_WAITING, postgresql_where=_WAITING,
    )


def downgrade() -> None:
    op.drop_index('ix_publications_waiting', 'publications')
    for column in _PUBLICATION:
        op.drop_column('publications', column.name)
    op.drop_index('ix_destinations_token_key', 'destinations')
    for column in _DESTINATION:
        op.drop_column('destinations', column.name)
