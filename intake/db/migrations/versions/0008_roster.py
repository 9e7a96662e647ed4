"""The roster's import: leaving, grades, classes, guardians' ids; and merged students"""

import sqlalchemy as sa
from alembic import op

revision = '0008'
down_revision = '0007'
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Without batches: SQLite would drop and refill tables that other tables point to.
    op.add_column('students', sa.Column('grade', sa.String(length=20), nullable=True))
    op.add_column('students', sa.Column('left_on', sa.Date(), nullable=True))
    op.add_column('students', sa.Column('merged_into_id', sa.String(length=36), nullable=True))
    op.create_index(op.f('ix_students_merged_into_id'), 'students', ['merged_into_id'])
    op.add_column('guardians', sa.Column('external_id', sa.String(length=100), nullable=True))
    op.create_index(op.f('ix_guardians_external_id'), 'guardians', ['external_id'])
    op.create_index(
        'uq_guardians_external', 'guardians', ['student_id', 'external_id'], unique=True
    )
    op.create_index(op.f('ix_contacts_guardian_id'), 'contacts', ['guardian_id'])
    op.create_table(
        'school_classes',
        sa.Column('id', sa.String(length=36), nullable=False),
        sa.Column('school_id', sa.String(length=36), nullable=False),
        sa.Column('external_id', sa.String(length=100), nullable=False),
        sa.Column('title', sa.String(length=200), nullable=False),
        sa.Column('is_homeroom', sa.Boolean(), nullable=False),
        sa.Column('school_year', sa.String(length=20), nullable=True),
        sa.Column('teacher', sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(['school_id'], ['schools.id'], name=op.f('fk_school_classes_school_id_schools')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_school_classes')),
        sa.UniqueConstraint('external_id', name=op.f('uq_school_classes_external_id')),
    )
    op.create_index(op.f('ix_school_classes_school_id'), 'school_classes', ['school_id'])
    op.create_table(
        'enrollments',
        sa.Column('external_id', sa.String(length=100), nullable=False),
        sa.Column('student_id', sa.String(length=36), nullable=False),
        sa.Column('class_id', sa.String(length=36), nullable=False),
        sa.ForeignKeyConstraint(['student_id'], ['students.id'], name=op.f('fk_enrollments_student_id_students')),
        sa.ForeignKeyConstraint(['class_id'], ['school_classes.id'], name=op.f('fk_enrollments_class_id_school_classes')),
        sa.PrimaryKeyConstraint('external_id', name=op.f('pk_enrollments')),
    )
    op.create_index(op.f('ix_enrollments_student_id'), 'enrollments', ['student_id'])
    op.create_index(op.f('ix_enrollments_class_id'), 'enrollments', ['class_id'])
    op.create_table(
        'match_verdicts',
        sa.Column('typed_id', sa.String(length=36), nullable=False),
        sa.Column('roster_id', sa.String(length=36), nullable=False),
        sa.Column('staff_id', sa.String(length=36), nullable=False),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(['typed_id'], ['students.id'], name=op.f('fk_match_verdicts_typed_id_students')),
        sa.ForeignKeyConstraint(['roster_id'], ['students.id'], name=op.f('fk_match_verdicts_roster_id_students')),
        sa.PrimaryKeyConstraint('typed_id', 'roster_id', name=op.f('pk_match_verdicts')),
    )


def downgrade() -> None:
    op.drop_table('match_verdicts')
    op.drop_table('enrollments')
    op.drop_table('school_classes')
    op.drop_index(op.f('ix_contacts_guardian_id'), 'contacts')
    op.drop_index('uq_guardians_external', 'guardians')
    op.drop_index(op.f('ix_guardians_external_id'), 'guardians')
    op.drop_column('guardians', 'external_id')
    op.drop_index(op.f('ix_students_merged_into_id'), 'students')
    for column in ('merged_into_id', 'left_on', 'grade'):
        op.drop_column('students', column)
