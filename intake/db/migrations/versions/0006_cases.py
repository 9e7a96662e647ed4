"""Revocations seen through: cases, their owners, and the schools' closed days"""

import sqlalchemy as sa
from alembic import op

revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None

_OPEN = sa.text('closed_at IS NULL')


def upgrade() -> None:
    op.create_table('closed_days',
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('scope', sa.String(length=36), nullable=False),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.PrimaryKeyConstraint('day', 'scope', name=op.f('pk_closed_days'))
    )
    op.create_table('revocation_cases',
    sa.Column('revocation_id', sa.String(length=36), nullable=False),
    sa.Column('owner_id', sa.String(length=36), nullable=True),
    sa.Column('message_id', sa.String(length=36), nullable=True),
    sa.Column('told_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('told_how', sa.String(length=32), nullable=True),
    sa.Column('told_by', sa.String(length=36), nullable=True),
    sa.Column('reminded_step', sa.Integer(), server_default='0', nullable=False),
    sa.Column('reminded_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['revocation_id'], ['revocations.id'], name=op.f('fk_revocation_cases_revocation_id_revocations')),
    sa.PrimaryKeyConstraint('revocation_id', name=op.f('pk_revocation_cases'))
    )
    op.create_table('usual_case_owners',
    sa.Column('scope', sa.String(length=36), nullable=False),
    sa.Column('staff_id', sa.String(length=36), nullable=False),
    sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name=op.f('fk_usual_case_owners_staff_id_staff')),
    sa.PrimaryKeyConstraint('scope', name=op.f('pk_usual_case_owners'))
    )
    op.add_column('revocations', sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True))
    # Families of completed ones were sent the message then; what became of it nobody knows now.
    op.execute('UPDATE revocations SET closed_at = completed_at')
    op.create_index(
        'ix_revocations_open', 'revocations', ['signed_at', 'id'],
        sqlite_where=_OPEN, postgresql_where=_OPEN,
    )


def downgrade() -> None:
    op.drop_index('ix_revocations_open', 'revocations')
    op.drop_column('revocations', 'closed_at')
    op.drop_table('usual_case_owners')
    op.drop_table('revocation_cases')
    op.drop_table('closed_days')
