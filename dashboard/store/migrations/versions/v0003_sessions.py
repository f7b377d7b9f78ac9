"""What a provider calls the logins that it opened, so that it can end them by itself."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add the columns."""
    op.add_column("logins", sa.Column("subject", sa.String(length=64), nullable=True))
    op.add_column("logins", sa.Column("session", sa.String(length=64), nullable=True))
    op.add_column("logins", sa.Column("hint", sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    """Take them away again, with what is in them."""
    for column in ("hint", "session", "subject"):
        op.drop_column("logins", column)
