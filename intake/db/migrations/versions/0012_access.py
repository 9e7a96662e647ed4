"""The access record, and the schools of whoever brought a batch of scans"""

import sqlalchemy as sa
from alembic import op

revision = '0012'
down_revision = '0011'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'look_reasons',
        sa.Column('id', sa.String(length=36), nullable=False),
        sa.Column('staff_id', sa.String(length=36), nullable=False),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('text', sa.LargeBinary(), nullable=False),
        sa.Column('mac', sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_look_reasons')),
    )
    op.create_table(
        'looks',
        sa.Column('sequence', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=False),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('staff_id', sa.String(length=36), nullable=False),
        sa.Column('role', sa.String(length=32), nullable=True),
        sa.Column('school_id', sa.String(length=36), nullable=True),
        sa.Column('route', sa.String(length=80), nullable=False),
        sa.Column('kind', sa.String(length=32), nullable=False),
        sa.Column('basis', sa.String(length=32), nullable=False),
        sa.Column('reason_id', sa.String(length=36), nullable=True),
        sa.Column('student_id', sa.String(length=36), nullable=True),
        sa.Column('consent_id', sa.String(length=36), nullable=True),
        sa.Column('revocation_id', sa.String(length=36), nullable=True),
        sa.Column('thing', sa.String(length=200), nullable=True),
        sa.Column('mac', sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(['reason_id'], ['look_reasons.id'], name=op.f('fk_looks_reason_id_look_reasons')),
        sa.PrimaryKeyConstraint('sequence', name=op.f('pk_looks')),
    )
    op.create_index('ix_looks_student', 'looks', ['student_id', 'sequence'])
    op.create_index('ix_looks_staff', 'looks', ['staff_id', 'sequence'])
    op.create_index('ix_looks_at', 'looks', ['at'])
    op.create_table(
        'looks_head',
        sa.Column('id', sa.Integer(), autoincrement=False, nullable=False),
        sa.Column('forgotten', sa.BigInteger(), nullable=False),
        sa.Column('forgotten_mac', sa.String(length=64), nullable=False),
        sa.Column('sequence', sa.BigInteger(), nullable=False),
        sa.Column('last_mac', sa.String(length=64), nullable=False),
        sa.Column('mac', sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_looks_head')),
    )
    op.create_table(
        'scan_batch_schools',
        sa.Column('batch_id', sa.String(length=36), nullable=False),
        sa.Column('school_id', sa.String(length=36), nullable=False),
        sa.ForeignKeyConstraint(['batch_id'], ['scan_batches.id'], name=op.f('fk_scan_batch_schools_batch_id_scan_batches')),
        sa.PrimaryKeyConstraint('batch_id', 'school_id', name=op.f('pk_scan_batch_schools')),
    )


def downgrade() -> None:
    op.drop_table('scan_batch_schools')
    op.drop_table('looks_head')
    op.drop_table('looks')
    op.drop_table('look_reasons')
