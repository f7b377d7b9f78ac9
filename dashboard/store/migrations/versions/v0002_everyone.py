"""What a Frontdesk for many people needs: logins, defaults, an audit log, and what can be taken back."""

import sqlalchemy as sa
from alembic import context, op

revision = "0002"
down_revision = "0001"

_id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the tables and columns."""
    op.add_column("employees", sa.Column("blocked", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("sources", sa.Column("keep_days", sa.Integer(), nullable=True))
    op.create_table(
        "logins",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("person", _id, nullable=False),
        sa.Column("opened_at", sa.Double(), nullable=False),
        sa.Column("seen_at", sa.Double(), nullable=False),
        sa.Column("device", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["person"], ["employees.id"], name="fk_logins_person", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("key", name="pk_logins"),
    )
    op.create_index("ix_logins_person", "logins", ["person"], unique=False)
    op.create_table(
        "journal",
        sa.Column("id", _id, nullable=False),
        sa.Column("person", _id, nullable=False),
        sa.Column("at", sa.Double(), nullable=False),
        sa.Column("verb", sa.String(length=20), nullable=False),
        sa.Column("before", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["person"], ["employees.id"], name="fk_journal_person", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_journal"),
    )
    op.create_index("ix_journal_person_id", "journal", ["person", "id"], unique=False)
    op.create_table(
        "health",
        sa.Column("source", _id, nullable=False),
        sa.Column("at", sa.Double(), nullable=False),
        sa.Column("health", sa.String(length=10), nullable=False),
        sa.Column("failure", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["source"], ["sources.id"], name="fk_health_source", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("source", "at", name="pk_health"),
    )
    op.create_table(
        "audit",
        sa.Column("id", _id, nullable=False),
        sa.Column("at", sa.Double(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("verb", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_audit"),
    )
    op.create_table(
        "defaults",
        sa.Column("group_name", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("rev", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("group_name", "name", name="pk_defaults"),
    )
    context.config.attributes["create_guards"](op.get_bind())


def downgrade() -> None:
    """Take them away again, with what is in them."""
    for table in ("defaults", "audit", "health", "journal", "logins"):
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION audit_is_kept()")
    op.drop_column("sources", "keep_days")
    op.drop_column("employees", "blocked")
