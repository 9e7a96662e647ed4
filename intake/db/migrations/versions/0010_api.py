"""The API: client secrets and access tokens, destinations, lookups, identifiers, kept answers"""

import json

import sqlalchemy as sa
from alembic import op

revision = '0010'
down_revision = '0009'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('api_clients', sa.Column('destinations', sa.JSON(), server_default='[]', nullable=True))
    op.add_column('api_clients', sa.Column('calls_per_minute', sa.Integer(), nullable=True))
    op.add_column(
        'api_tokens', sa.Column('kind', sa.String(length=32), server_default='static', nullable=False)
    )
    op.add_column('api_tokens', sa.Column('scopes', sa.JSON(), nullable=True))
    _let_deciders_disclose()
    op.create_table(
        'api_answers',
        sa.Column('owner', sa.String(length=80), nullable=False),
        sa.Column('key', sa.String(length=64), nullable=False),
        sa.Column('request_sha256', sa.String(length=64), nullable=False),
        sa.Column('claimed_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('status', sa.Integer(), nullable=True),
        sa.Column('content_type', sa.String(length=100), nullable=True),
        sa.Column('body', sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint('owner', 'key', name=op.f('pk_api_answers')),
    )
    op.create_index('ix_api_answers_claimed_at', 'api_answers', ['claimed_at'])
    op.create_table(
        'student_identifiers',
        sa.Column('client_id', sa.String(length=64), nullable=False),
        sa.Column('identifier_key', sa.String(length=64), nullable=False),
        sa.Column('student_id', sa.String(length=36), nullable=False),
        sa.Column('basis', sa.String(length=32), nullable=False),
        sa.Column('linked_at', sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ['client_id'], ['api_clients.id'], name=op.f('fk_student_identifiers_client_id_api_clients')
        ),
        sa.ForeignKeyConstraint(
            ['student_id'], ['students.id'], name=op.f('fk_student_identifiers_student_id_students')
        ),
        sa.PrimaryKeyConstraint('client_id', 'identifier_key', name=op.f('pk_student_identifiers')),
        sa.UniqueConstraint('client_id', 'student_id', name=op.f('uq_student_identifiers_client_id')),
    )
    op.create_index(op.f('ix_student_identifiers_student_id'), 'student_identifiers', ['student_id'])
    op.create_table(
        'student_lookups',
        sa.Column('id', sa.String(length=36), nullable=False),
        sa.Column('client_id', sa.String(length=64), nullable=False),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('by', sa.String(length=32), nullable=False),
        sa.Column('match', sa.String(length=32), nullable=False),
        sa.Column('student_id', sa.String(length=36), nullable=True),
        sa.ForeignKeyConstraint(
            ['client_id'], ['api_clients.id'], name=op.f('fk_student_lookups_client_id_api_clients')
        ),
        sa.ForeignKeyConstraint(
            ['student_id'], ['students.id'], name=op.f('fk_student_lookups_student_id_students')
        ),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_student_lookups')),
    )
    op.create_index('ix_student_lookups_client', 'student_lookups', ['client_id', 'at'])
    op.create_index('ix_student_lookups_student', 'student_lookups', ['student_id', 'client_id', 'at'])


def _let_deciders_disclose() -> None:
    """Recording a disclosure had no scope of its own: whoever decided could do it, and still can."""
    clients = sa.table('api_clients', sa.column('id', sa.String), sa.column('scopes', sa.JSON))
    connection = op.get_bind()
    for client_id, stored in connection.execute(sa.select(clients.c.id, clients.c.scopes)).all():
        scopes = json.loads(stored) if isinstance(stored, str) else stored
        if 'decide' in scopes and 'disclose' not in scopes:
            connection.execute(
                sa.update(clients).where(clients.c.id == client_id)
                .values(scopes=sorted([*scopes, 'disclose']))
            )


def downgrade() -> None:
    op.drop_table('student_lookups')
    op.drop_table('student_identifiers')
    op.drop_table('api_answers')
    op.execute("DELETE FROM api_tokens WHERE kind <> 'static'")
    op.drop_column('api_tokens', 'scopes')
    op.drop_column('api_tokens', 'kind')
    op.drop_column('api_clients', 'calls_per_minute')
    op.drop_column('api_clients', 'destinations')
