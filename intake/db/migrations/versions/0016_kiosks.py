"""PINs of staff, and tablets in families' hands"""

import sqlalchemy as sa
from alembic import op

revision = '0016'
down_revision = '0015'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('staff', sa.Column('pin_hash', sa.String(length=200), nullable=True))
    op.create_table(
        'kiosks',
        sa.Column('id', sa.String(length=36), nullable=False),
        sa.Column('token_key', sa.String(length=64), nullable=False),
        sa.Column('staff_id', sa.String(length=36), nullable=False),
        sa.Column('session_key', sa.LargeBinary(), nullable=False),
        sa.Column('session_began_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('student_id', sa.String(length=36), nullable=False),
        sa.Column('signing_id', sa.String(length=36), nullable=False),
        sa.Column('purpose', sa.String(length=32), nullable=False),
        sa.Column('began_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('seen_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('cleared_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('left_at', sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name=op.f('fk_kiosks_staff_id_staff')),
        sa.ForeignKeyConstraint(['student_id'], ['students.id'], name=op.f('fk_kiosks_student_id_students')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_kiosks')),
        sa.UniqueConstraint('token_key', name=op.f('uq_kiosks_token_key')),
    )
    op.create_index('ix_kiosks_began_at', 'kiosks', ['began_at'])


def downgrade() -> None:
    op.drop_table('kiosks')
    with op.batch_alter_table('staff') as table:
        table.drop_column('pin_hash')
