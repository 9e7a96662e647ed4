"""Attempts, which every call of the API adds to, are counted in a width that never runs out"""

import sqlalchemy as sa
from alembic import op

revision = '0020'
down_revision = '0019'
branch_labels = None
depends_on = None


def upgrade() -> None:
    _change(sa.Integer(), sa.BigInteger(), 'bigint')


def downgrade() -> None:
    _change(sa.BigInteger(), sa.Integer(), 'integer')


def _change(old: sa.Integer, new: sa.Integer, sequence: str) -> None:
    if op.get_bind().dialect.name == 'sqlite':  # a plain INTEGER has 64 bits there
        return
    op.alter_column('attempts', 'id', existing_type=old, type_=new, existing_nullable=False)
    op.execute(f'ALTER SEQUENCE attempts_id_seq AS {sequence}')
