"""Which version of a document is in force; the newest delivery to each destination"""

import sqlalchemy as sa
from alembic import op

revision = '0017'
down_revision = '0016'
branch_labels = None
depends_on = None

DELIVERED = sa.text('delivered_at IS NOT NULL')


def upgrade() -> None:
    op.create_table(
        'document_releases',
        sa.Column('sequence', sa.Integer(), autoincrement=False, nullable=False),
        sa.Column('kind', sa.String(length=32), nullable=False),
        sa.Column('document', sa.String(length=64), nullable=False),
        sa.Column('version', sa.String(length=32), nullable=False),
        sa.Column('in_force_from', sa.Date(), nullable=False),
        sa.Column('texts', sa.JSON(), nullable=False),
        sa.Column('withdraws', sa.Integer(), nullable=True),
        sa.Column('note', sa.String(length=500), nullable=False),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('actor_kind', sa.String(length=32), nullable=False),
        sa.Column('actor_id', sa.String(length=100), nullable=True),
        sa.Column('mac', sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint('sequence', name=op.f('pk_document_releases')),
    )
    op.create_index('ix_document_releases_version', 'document_releases', ['document', 'version'])
    op.create_table(
        'document_releases_head',
        sa.Column('id', sa.Integer(), autoincrement=False, nullable=False),
        sa.Column('sequence', sa.Integer(), nullable=False),
        sa.Column('mac', sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_document_releases_head')),
    )
    op.create_index(
        'ix_publications_delivered',
        'publications',
        ['destination_id', 'delivered_at'],
        sqlite_where=DELIVERED,
        postgresql_where=DELIVERED,
    )


def downgrade() -> None:
    op.drop_index('ix_publications_delivered', table_name='publications')
    op.drop_table('document_releases_head')
    op.drop_index('ix_document_releases_version', table_name='document_releases')
    op.drop_table('document_releases')
