"""Families' questions, their answers, suspected violations, and what happened to them"""

import sqlalchemy as sa
from alembic import op

revision = '0018'
down_revision = '0017'
branch_labels = None
depends_on = None

OPEN = sa.text('closed_at IS NULL')


def upgrade() -> None:
    op.create_table(
        'family_questions',
        sa.Column('id', sa.String(length=36), nullable=False),
        sa.Column('number', sa.String(length=16), nullable=False),
        sa.Column('kind', sa.String(length=32), nullable=False),
        sa.Column('language', sa.String(length=12), nullable=False),
        sa.Column('text', sa.LargeBinary(), nullable=True),
        sa.Column('name', sa.LargeBinary(), nullable=True),
        sa.Column('answer_by', sa.String(length=32), nullable=False),
        sa.Column('contact', sa.LargeBinary(), nullable=True),
        sa.Column('content_key', sa.String(length=64), nullable=False),
        sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('due_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('owner_id', sa.String(length=36), nullable=True),
        sa.Column('is_revocation', sa.Boolean(), nullable=False),
        sa.Column('answered_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('reminded_step', sa.Integer(), nullable=False),
        sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('outcome', sa.String(length=32), nullable=True),
        sa.Column('note', sa.LargeBinary(), nullable=True),
        sa.Column('forgotten_at', sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ['owner_id'], ['staff.id'], name=op.f('fk_family_questions_owner_id_staff')
        ),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_family_questions')),
        sa.UniqueConstraint('number', name=op.f('uq_family_questions_number')),
    )
    op.create_index('ix_family_questions_content_key', 'family_questions', ['content_key'])
    op.create_index(
        'ix_family_questions_open', 'family_questions', ['asked_at'],
        sqlite_where=OPEN, postgresql_where=OPEN,
    )
    op.create_index('ix_family_questions_closed_at', 'family_questions', ['closed_at'])
    op.create_table(
        'question_replies',
        sa.Column('id', sa.String(length=36), nullable=False),
        sa.Column('question_id', sa.String(length=36), nullable=False),
        sa.Column('staff_id', sa.String(length=36), nullable=False),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('text', sa.LargeBinary(), nullable=True),
        sa.Column('translated', sa.String(length=32), nullable=False),
        sa.Column('interpreter', sa.LargeBinary(), nullable=True),
        sa.Column('common_answer', sa.String(length=32), nullable=True),
        sa.Column('message_id', sa.String(length=36), nullable=False),
        sa.Column('delivery', sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ['question_id'], ['family_questions.id'],
            name=op.f('fk_question_replies_question_id_family_questions'),
        ),
        sa.ForeignKeyConstraint(
            ['staff_id'], ['staff.id'], name=op.f('fk_question_replies_staff_id_staff')
        ),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_question_replies')),
    )
    op.create_index('ix_question_replies_question_id', 'question_replies', ['question_id'])
    op.create_table(
        'violations',
        sa.Column('id', sa.String(length=36), nullable=False),
        sa.Column('number', sa.String(length=16), nullable=False),
        sa.Column('reported_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('due_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('reporter_id', sa.String(length=36), nullable=True),
        sa.Column('question_id', sa.String(length=36), nullable=True),
        sa.Column('text', sa.LargeBinary(), nullable=False),
        sa.Column('named', sa.JSON(), nullable=False),
        sa.Column('student_id', sa.String(length=36), nullable=True),
        sa.Column('partner_id', sa.String(length=64), nullable=True),
        sa.Column('disclosure_id', sa.String(length=36), nullable=True),
        sa.Column('reminded_step', sa.Integer(), nullable=False),
        sa.Column('outcome', sa.String(length=32), nullable=True),
        sa.Column('note', sa.LargeBinary(), nullable=True),
        sa.Column('proposed_by', sa.String(length=36), nullable=True),
        sa.Column('closed_by', sa.String(length=36), nullable=True),
        sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
        *(
            sa.ForeignKeyConstraint(
                [column], [f'{table}.id'], name=op.f(f'fk_violations_{column}_{table}')
            )
            for column, table in (
                ('reporter_id', 'staff'), ('question_id', 'family_questions'),
                ('student_id', 'students'), ('partner_id', 'partners'),
                ('disclosure_id', 'disclosures'), ('proposed_by', 'staff'), ('closed_by', 'staff'),
            )
        ),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_violations')),
        sa.UniqueConstraint('number', name=op.f('uq_violations_number')),
    )
    op.create_index(
        'ix_violations_open', 'violations', ['reported_at'],
        sqlite_where=OPEN, postgresql_where=OPEN,
    )
    op.create_table(
        'concern_events',
        sa.Column('sequence', sa.Integer(), autoincrement=False, nullable=False),
        sa.Column('kind', sa.String(length=32), nullable=False),
        sa.Column('concern_id', sa.String(length=36), nullable=False),
        sa.Column('step', sa.String(length=32), nullable=False),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('actor_kind', sa.String(length=32), nullable=False),
        sa.Column('actor_id', sa.String(length=100), nullable=True),
        sa.Column('data', sa.JSON(), nullable=False),
        sa.Column('state_key', sa.String(length=64), nullable=False),
        sa.Column('mac', sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint('sequence', name=op.f('pk_concern_events')),
    )
    op.create_index(
        'ix_concern_events_concern', 'concern_events', ['concern_id', 'sequence']
    )
    op.create_table(
        'concern_events_head',
        sa.Column('id', sa.Integer(), autoincrement=False, nullable=False),
        sa.Column('sequence', sa.Integer(), nullable=False),
        sa.Column('mac', sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_concern_events_head')),
    )


def downgrade() -> None:
    for table in (
        'concern_events_head', 'concern_events', 'violations', 'question_replies',
        'family_questions',
    ):
        op.drop_table(table)
