"""Messages: campaigns' are sent once, what became of them, stops, numbers to check, replies"""

import sqlalchemy as sa
from alembic import op

revision = '0014'
down_revision = '0013'
branch_labels = None
depends_on = None

URGENT = sa.text('useless_after IS NOT NULL')
OPEN = sa.text('settled_at IS NULL')


def upgrade() -> None:
    op.add_column('outgoing_messages', sa.Column('campaign_id', sa.String(length=36), nullable=True))
    op.add_column(
        'outgoing_messages',
        sa.Column('is_once', sa.Boolean(), server_default=sa.false(), nullable=False),
    )
    op.add_column('outgoing_messages', sa.Column('contact_key', sa.String(length=64), nullable=True))
    op.add_column('outgoing_messages', sa.Column('quiet_hours', sa.String(length=80), nullable=True))
    op.add_column(
        'outgoing_messages', sa.Column('settled_at', sa.DateTime(timezone=True), nullable=True)
    )
    op.drop_index('ix_outgoing_messages_due', 'outgoing_messages')
    op.create_index('ix_outgoing_messages_due', 'outgoing_messages', ['state', 'kind', 'next_attempt_at'])
    op.create_index(
        'ix_outgoing_messages_urgent', 'outgoing_messages', ['state', 'kind', 'next_attempt_at'],
        postgresql_where=URGENT, sqlite_where=URGENT,
    )
    op.create_index('ix_outgoing_messages_claimed', 'outgoing_messages', ['state', 'claimed_until'])
    op.create_index('ix_outgoing_messages_contact', 'outgoing_messages', ['contact_key', 'created_at'])
    op.create_index('ix_outgoing_messages_provider', 'outgoing_messages', ['provider_id'])
    op.create_index(op.f('ix_outgoing_messages_campaign_id'), 'outgoing_messages', ['campaign_id'])
    op.create_table(
        'contact_stops',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('contact_key', sa.String(length=64), nullable=False),
        sa.Column('contact', sa.LargeBinary(), nullable=False),
        sa.Column('action', sa.String(length=32), nullable=False),
        sa.Column('channel', sa.String(length=32), nullable=False),
        sa.Column('word', sa.LargeBinary(), nullable=True),
        sa.Column('by', sa.String(length=200), nullable=True),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_contact_stops')),
    )
    op.create_index(op.f('ix_contact_stops_contact_key'), 'contact_stops', ['contact_key'])
    op.create_table(
        'contact_flags',
        sa.Column('id', sa.String(length=36), nullable=False),
        sa.Column('contact_key', sa.String(length=64), nullable=False),
        sa.Column('contact', sa.LargeBinary(), nullable=False),
        sa.Column('reason', sa.String(length=32), nullable=False),
        sa.Column('code', sa.String(length=40), nullable=False),
        sa.Column('times', sa.Integer(), nullable=False),
        sa.Column('first_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('last_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('settled_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('settled_by', sa.String(length=200), nullable=True),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_contact_flags')),
    )
    op.create_index(
        'uq_contact_flags_open', 'contact_flags', ['contact_key'],
        unique=True, postgresql_where=OPEN, sqlite_where=OPEN,
    )
    op.create_index('ix_contact_flags_settled', 'contact_flags', ['settled_at', 'last_at'])
    op.create_table(
        'inbound_messages',
        sa.Column('id', sa.String(length=36), nullable=False),
        sa.Column('provider_id', sa.String(length=64), nullable=False),
        sa.Column('contact_key', sa.String(length=64), nullable=False),
        sa.Column('sender', sa.LargeBinary(), nullable=False),
        sa.Column('body', sa.LargeBinary(), nullable=False),
        sa.Column('meaning', sa.String(length=32), nullable=False),
        sa.Column('language', sa.String(length=12), nullable=False),
        sa.Column('reply', sa.LargeBinary(), nullable=False),
        sa.Column('received_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('settled_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('settled_by', sa.String(length=200), nullable=True),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_inbound_messages')),
        sa.UniqueConstraint('provider_id', name=op.f('uq_inbound_messages_provider_id')),
    )
    op.create_index('ix_inbound_messages_contact', 'inbound_messages', ['contact_key', 'received_at'])
    op.create_index('ix_inbound_messages_settled', 'inbound_messages', ['settled_at', 'received_at'])
    with op.batch_alter_table('outgoing_messages') as table:
        table.alter_column('is_once', server_default=None)


def downgrade() -> None:
    op.drop_table('inbound_messages')
    op.drop_table('contact_flags')
    op.drop_table('contact_stops')
    for name in ('provider', 'contact', 'claimed', 'urgent', 'campaign_id'):
        op.drop_index(f'ix_outgoing_messages_{name}', 'outgoing_messages')
    op.drop_index('ix_outgoing_messages_due', 'outgoing_messages')
    op.create_index('ix_outgoing_messages_due', 'outgoing_messages', ['state', 'next_attempt_at'])
    with op.batch_alter_table('outgoing_messages') as table:
        for column in ('settled_at', 'quiet_hours', 'contact_key', 'is_once', 'campaign_id'):
            table.drop_column(column)
