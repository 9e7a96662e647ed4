"""Partners' changes and reminders, families' requests for copies of what was disclosed"""

import sqlalchemy as sa
from alembic import op

revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('partners', sa.Column('contact', sa.LargeBinary(), nullable=True))
    op.create_table(
        'partner_changes',
        sa.Column('sequence', sa.Integer(), autoincrement=False, nullable=False),
        sa.Column('partner_id', sa.String(length=64), nullable=True),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('actor_kind', sa.String(length=32), nullable=False),
        sa.Column('actor_id', sa.String(length=100), nullable=True),
        sa.Column('subject', sa.String(length=32), nullable=False),
        sa.Column('subject_id', sa.String(length=64), nullable=False),
        sa.Column('before', sa.LargeBinary(), nullable=True),
        sa.Column('after', sa.LargeBinary(), nullable=False),
        sa.Column('mac', sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ['partner_id'], ['partners.id'], name=op.f('fk_partner_changes_partner_id_partners')
        ),
        sa.PrimaryKeyConstraint('sequence', name=op.f('pk_partner_changes')),
    )
    op.create_index('ix_partner_changes_partner', 'partner_changes', ['partner_id', 'sequence'])
    op.create_index('ix_partner_changes_subject', 'partner_changes', ['subject_id', 'sequence'])
    op.create_table(
        'partner_changes_head',
        sa.Column('id', sa.Integer(), autoincrement=False, nullable=False),
        sa.Column('sequence', sa.Integer(), nullable=False),
        sa.Column('mac', sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_partner_changes_head')),
    )
    op.create_table(
        'partner_reminders',
        sa.Column('kind', sa.String(length=32), nullable=False),
        sa.Column('partner_id', sa.String(length=64), nullable=False),
        sa.Column('subject', sa.String(length=110), nullable=False),
        sa.Column('last_day', sa.Date(), nullable=False),
        sa.Column('days_before', sa.Integer(), autoincrement=False, nullable=False),
        sa.Column('sent_at', sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ['partner_id'], ['partners.id'], name=op.f('fk_partner_reminders_partner_id_partners')
        ),
        sa.PrimaryKeyConstraint(
            'kind', 'partner_id', 'subject', 'last_day', 'days_before',
            name=op.f('pk_partner_reminders'),
        ),
    )
    op.create_table(
        'copy_requests',
        sa.Column('id', sa.String(length=36), nullable=False),
        sa.Column('student_id', sa.String(length=36), nullable=False),
        sa.Column('relationship_kind', sa.String(length=32), nullable=False),
        sa.Column('requester_name', sa.LargeBinary(), nullable=False),
        sa.Column('contact', sa.LargeBinary(), nullable=False),
        sa.Column('language', sa.String(length=12), nullable=False),
        sa.Column('disclosures', sa.JSON(), nullable=False),
        sa.Column('requested_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('answered_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('answered_by', sa.String(length=36), nullable=True),
        sa.Column('answer', sa.String(length=32), nullable=True),
        sa.ForeignKeyConstraint(
            ['student_id'], ['students.id'], name=op.f('fk_copy_requests_student_id_students')
        ),
        sa.ForeignKeyConstraint(
            ['answered_by'], ['staff.id'], name=op.f('fk_copy_requests_answered_by_staff')
        ),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_copy_requests')),
    )
    op.create_index('ix_copy_requests_student', 'copy_requests', ['student_id'])
    op.create_index(
        'ix_copy_requests_open', 'copy_requests', ['requested_at'],
        sqlite_where=sa.text('answered_at IS NULL'),
        postgresql_where=sa.text('answered_at IS NULL'),
    )


def downgrade() -> None:
    for table in ('copy_requests', 'partner_reminders', 'partner_changes_head', 'partner_changes'):
        op.drop_table(table)
    op.drop_column('partners', 'contact')
