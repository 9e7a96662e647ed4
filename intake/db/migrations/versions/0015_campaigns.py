"""Campaigns, whom they write to, and whose messages wait"""

import sqlalchemy as sa
from alembic import op

revision = '0015'
down_revision = '0014'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'message_holds',
        sa.Column('campaign_id', sa.String(length=36), nullable=False),
        sa.PrimaryKeyConstraint('campaign_id', name=op.f('pk_message_holds')),
    )
    op.create_table(
        'campaigns',
        sa.Column('id', sa.String(length=36), nullable=False),
        sa.Column('name', sa.String(length=200), nullable=False),
        sa.Column('document', sa.String(length=64), nullable=False),
        sa.Column('version', sa.String(length=32), nullable=False),
        sa.Column('ways', sa.JSON(), nullable=False),
        sa.Column('schools', sa.JSON(none_as_null=True), nullable=True),
        sa.Column('grades', sa.JSON(none_as_null=True), nullable=True),
        sa.Column('languages', sa.JSON(none_as_null=True), nullable=True),
        sa.Column('only_unanswered', sa.Boolean(), nullable=False),
        sa.Column('reminder_days', sa.JSON(), nullable=False),
        sa.Column('state', sa.String(length=32), nullable=False),
        sa.Column('numbers', sa.JSON(none_as_null=True), nullable=True),
        sa.Column('counted_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('started_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('planned_after', sa.String(length=36), nullable=False),
        sa.Column('planned_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_campaigns')),
    )
    op.create_index('ix_campaigns_state', 'campaigns', ['state'])
    op.create_index(op.f('ix_campaigns_created_at'), 'campaigns', ['created_at'])
    op.create_table(
        'campaign_changes',
        sa.Column('id', sa.String(length=36), nullable=False),
        sa.Column('campaign_id', sa.String(length=36), nullable=False),
        sa.Column('action', sa.String(length=32), nullable=False),
        sa.Column('staff_id', sa.String(length=36), nullable=True),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('data', sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ['campaign_id'], ['campaigns.id'],
            name=op.f('fk_campaign_changes_campaign_id_campaigns'),
        ),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_campaign_changes')),
    )
    op.create_index(
        op.f('ix_campaign_changes_campaign_id'), 'campaign_changes', ['campaign_id']
    )
    op.create_table(
        'campaign_recipients',
        sa.Column('id', sa.String(length=36), nullable=False),
        sa.Column('campaign_id', sa.String(length=36), nullable=False),
        sa.Column('student_id', sa.String(length=36), nullable=False),
        sa.Column('guardian_id', sa.String(length=36), nullable=True),
        sa.Column('way', sa.String(length=32), nullable=False),
        sa.Column('contact_key', sa.String(length=64), nullable=False),
        sa.Column('language', sa.String(length=12), nullable=False),
        sa.Column('state', sa.String(length=32), nullable=False),
        sa.Column('why', sa.String(length=32), nullable=True),
        sa.Column('step', sa.Integer(), nullable=False),
        sa.Column('next_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('first_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('last_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('invitation_id', sa.String(length=36), nullable=True),
        sa.Column('message_id', sa.String(length=36), nullable=True),
        sa.Column('outcome', sa.String(length=32), nullable=True),
        sa.ForeignKeyConstraint(
            ['campaign_id'], ['campaigns.id'],
            name=op.f('fk_campaign_recipients_campaign_id_campaigns'),
        ),
        sa.ForeignKeyConstraint(
            ['student_id'], ['students.id'],
            name=op.f('fk_campaign_recipients_student_id_students'),
        ),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_campaign_recipients')),
        sa.UniqueConstraint(
            'campaign_id', 'student_id', 'contact_key',
            name=op.f('uq_campaign_recipients_campaign_id'),
        ),
    )
    for name, columns in (
        ('ix_campaign_recipients_due', ['campaign_id', 'next_at']),
        ('ix_campaign_recipients_state', ['campaign_id', 'state', 'student_id']),
        ('ix_campaign_recipients_contact', ['contact_key', 'last_at']),
        (op.f('ix_campaign_recipients_student_id'), ['student_id']),
        (op.f('ix_campaign_recipients_message_id'), ['message_id']),
    ):
        op.create_index(name, 'campaign_recipients', columns)


def downgrade() -> None:
    op.drop_table('campaign_recipients')
    op.drop_table('campaign_changes')
    op.drop_table('campaigns')
    op.drop_table('message_holds')
