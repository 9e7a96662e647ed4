"""Signing in: second factors, links, single sign-on, agreements, trainings, the accounts' history"""

import sqlalchemy as sa
from alembic import op

revision = '0013'
down_revision = '0012'
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    with op.batch_alter_table('staff') as table:
        table.alter_column('password_hash', existing_type=sa.String(length=200), nullable=True)
        table.add_column(sa.Column('password_set_at', TIME, nullable=True))
        table.add_column(
            sa.Column('former_passwords', sa.JSON(), server_default='[]', nullable=False)
        )
        table.add_column(sa.Column('totp_secret', sa.LargeBinary(), nullable=True))
        table.add_column(sa.Column('totp_step', sa.Integer(), nullable=True))
        table.add_column(sa.Column('sso_issuer', sa.String(length=255), nullable=True))
        table.add_column(sa.Column('sso_subject', sa.String(length=255), nullable=True))
        table.add_column(sa.Column('language', sa.String(length=12), nullable=True))
        table.add_column(sa.Column('reopened_at', TIME, nullable=True))
        table.create_unique_constraint(op.f('uq_staff_sso_issuer'), ['sso_issuer', 'sso_subject'])
    # The age of older passwords isn't known: they are as old as the account, at most.
    op.execute('UPDATE staff SET password_set_at = created_at')
    _create_tables()
    op.create_table(
        'account_events',
        sa.Column('sequence', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=False),
        sa.Column('at', TIME, nullable=False),
        sa.Column('kind', sa.String(length=32), nullable=False),
        sa.Column('staff_id', sa.String(length=36), nullable=True),
        sa.Column('actor_kind', sa.String(length=32), nullable=False),
        sa.Column('actor_id', sa.String(length=100), nullable=True),
        sa.Column('data', sa.Text(), nullable=False),
        sa.Column('mac', sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name=op.f('fk_account_events_staff_id_staff')),
        sa.PrimaryKeyConstraint('sequence', name=op.f('pk_account_events')),
    )
    op.create_index('ix_account_events_staff', 'account_events', ['staff_id', 'sequence'])
    op.create_table(
        'account_events_head',
        sa.Column('id', sa.Integer(), autoincrement=False, nullable=False),
        sa.Column('sequence', sa.BigInteger(), nullable=False),
        sa.Column('mac', sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_account_events_head')),
    )


def _create_tables() -> None:
    _of_staff(
        'staff_links',
        sa.Column('kind', sa.String(length=32), nullable=False),
        sa.Column('token_key', sa.String(length=64), nullable=False),
        sa.Column('created_at', TIME, nullable=False),
        sa.Column('expires_at', TIME, nullable=False),
        sa.Column('used_at', TIME, nullable=True),
        sa.UniqueConstraint('token_key', name=op.f('uq_staff_links_token_key')),
    )
    op.create_table(
        'staff_challenges',
        sa.Column('key', sa.String(length=64), nullable=False),
        sa.Column('purpose', sa.String(length=32), nullable=False),
        sa.Column('data', sa.LargeBinary(), nullable=False),
        sa.Column('expires_at', TIME, nullable=False),
        sa.PrimaryKeyConstraint('key', name=op.f('pk_staff_challenges')),
    )
    op.create_index('ix_staff_challenges_expires_at', 'staff_challenges', ['expires_at'])
    _of_staff(
        'staff_passkeys',
        sa.Column('credential_id', sa.String(length=1400), nullable=False),
        sa.Column('public_key', sa.LargeBinary(), nullable=False),
        sa.Column('sign_count', sa.BigInteger(), nullable=False),
        sa.Column('name', sa.String(length=100), nullable=False),
        sa.Column('created_at', TIME, nullable=False),
        sa.Column('used_at', TIME, nullable=True),
        sa.UniqueConstraint('credential_id', name=op.f('uq_staff_passkeys_credential_id')),
    )
    _of_staff(
        'staff_recovery_codes',
        sa.Column('code_key', sa.String(length=64), nullable=False),
        sa.Column('used_at', TIME, nullable=True),
    )
    _of_staff(
        'staff_agreements',
        sa.Column('version', sa.String(length=20), nullable=False),
        sa.Column('sha256', sa.String(length=64), nullable=False),
        sa.Column('accepted_at', TIME, nullable=False),
    )
    _of_staff(
        'staff_trainings',
        sa.Column('completed_on', sa.Date(), nullable=False),
        sa.Column('recorded_at', TIME, nullable=False),
    )


def _of_staff(table: str, *columns: sa.schema.SchemaItem) -> None:
    """A table with an id and the account it belongs to."""
    op.create_table(
        table,
        sa.Column('id', sa.String(length=36), nullable=False),
        sa.Column('staff_id', sa.String(length=36), nullable=False),
        *columns,
        sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name=op.f(f'fk_{table}_staff_id_staff')),
        sa.PrimaryKeyConstraint('id', name=op.f(f'pk_{table}')),
    )
    op.create_index(op.f(f'ix_{table}_staff_id'), table, ['staff_id'])


def downgrade() -> None:
    for name in (
        'account_events_head', 'account_events', 'staff_trainings', 'staff_agreements',
        'staff_recovery_codes', 'staff_passkeys', 'staff_challenges', 'staff_links',
    ):
        op.drop_table(name)
    with op.batch_alter_table('staff') as table:
        table.drop_constraint(op.f('uq_staff_sso_issuer'), type_='unique')
        for column in (
            'reopened_at', 'language', 'sso_subject', 'sso_issuer', 'totp_step', 'totp_secret',
            'former_passwords', 'password_set_at',
        ):
            table.drop_column(column)
