"""What a revocation takes back, where it is a part"""

import sqlalchemy as sa
from alembic import op

revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('revocations', sa.Column('elements', sa.JSON(), nullable=True))
    op.add_column('revocations', sa.Column('partner_classes', sa.JSON(), nullable=True))


def downgrade() -> None:
    op.drop_column('revocations', 'partner_classes')
    op.drop_column('revocations', 'elements')
