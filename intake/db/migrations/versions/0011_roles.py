"""Roles of staff, and the schools of front desks"""

import sqlalchemy as sa
from alembic import op

revision = '0011'
down_revision = '0010'
branch_labels = None
depends_on = None

# Until now every member of staff could do all of this; who manages accounts is named anew.
UNTIL_NOW = '["approver", "coordinator", "front_desk"]'


def upgrade() -> None:
    op.add_column('staff', sa.Column('roles', sa.JSON(), server_default=UNTIL_NOW, nullable=False))
    op.add_column('staff', sa.Column('schools', sa.JSON(), nullable=True))
    with op.batch_alter_table('staff') as table:
        table.alter_column('roles', server_default=None)


def downgrade() -> None:
    with op.batch_alter_table('staff') as table:
        table.drop_column('schools')
        table.drop_column('roles')
