"""The secret before the present one, while a destination's secret is being changed"""

import sqlalchemy as sa
from alembic import op

revision = '0009'
down_revision = '0008'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('destinations', sa.Column('previous_secret', sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    op.drop_column('destinations', 'previous_secret')
