"""The first tables."""

import sqlalchemy as sa
from alembic import context, op

revision = "0001"
down_revision = None

_id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Create everything."""
    op.create_table(
        "counters",
        sa.Column("name", sa.String(length=20), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_counters"),
    )
    op.create_table(
        "employees",
        sa.Column("id", _id, nullable=False),
        sa.Column("login", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=True),
        sa.Column("admin", sa.Boolean(), nullable=False),
        sa.Column("rev", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_employees"),
        sa.UniqueConstraint("login", name="uq_employees_login"),
    )
    op.create_table(
        "workers",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("seen_at", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_workers"),
    )
    op.create_table(
        "documents",
        sa.Column("person", _id, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["person"], ["employees.id"], name="fk_documents_person", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("person", "name", name="pk_documents"),
    )
    op.create_table(
        "memberships",
        sa.Column("person", _id, nullable=False),
        sa.Column("group_name", sa.Text(), nullable=False),
        sa.Column("rev", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["person"], ["employees.id"], name="fk_memberships_person", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("person", "group_name", name="pk_memberships"),
    )
    op.create_table(
        "sources",
        sa.Column("id", _id, nullable=False),
        sa.Column("owner", _id, nullable=True),
        sa.Column("connector", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("options", sa.Text(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("audience", sa.String(length=10), nullable=False),
        sa.Column("group_name", sa.Text(), nullable=True),
        sa.Column("cursor", sa.Text(), nullable=True),
        sa.Column("health", sa.String(length=10), nullable=False),
        sa.Column("failure", sa.Text(), nullable=True),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("since", sa.Double(), nullable=True),
        sa.Column("every", sa.Double(), nullable=False),
        sa.Column("due_at", sa.Double(), nullable=True),
        sa.Column("synced_at", sa.Double(), nullable=True),
        sa.Column("newest_at", sa.Double(), nullable=True),
        sa.Column("items", sa.Integer(), nullable=False),
        sa.Column("unreadable", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=True),
        sa.Column("total", sa.Integer(), nullable=True),
        sa.Column("leased_by", sa.Text(), nullable=True),
        sa.Column("leased_until", sa.Double(), nullable=True),
        sa.Column("rev", sa.BigInteger(), nullable=False),
        sa.Column("shared_rev", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["owner"], ["employees.id"], name="fk_sources_owner", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_sources"),
    )
    op.create_index("ix_sources_due_at", "sources", ["due_at"], unique=False)
    op.create_index("ix_sources_owner", "sources", ["owner"], unique=False)
    op.create_index("ix_sources_shared", "sources", ["audience", "group_name"], unique=False)
    op.create_table(
        "entries",
        sa.Column("id", _id, autoincrement=False, nullable=False),
        sa.Column("source", _id, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("rev", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.SmallInteger(), nullable=False),
        sa.Column("gone", sa.Boolean(), nullable=False),
        sa.Column("gone_at", sa.Double(), nullable=True),
        sa.Column("first_seen", sa.Double(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("at", sa.Double(), nullable=False),
        sa.Column("due", sa.Double(), nullable=True),
        sa.Column("start", sa.Double(), nullable=True),
        sa.Column("end", sa.Double(), nullable=True),
        sa.Column("flags", sa.Integer(), nullable=False),
        sa.Column("importance", sa.SmallInteger(), nullable=False),
        sa.Column("length", sa.Integer(), nullable=False),
        sa.Column("thread", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("reply_to", sa.Text(), nullable=False),
        sa.Column("people", sa.Text(), nullable=False),
        sa.Column("terms", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["source"], ["sources.id"], name="fk_entries_source", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_entries"),
        sa.UniqueConstraint("source", "key", name="uq_entries_source_key"),
    )
    op.create_index("ix_entries_source_rev", "entries", ["source", "rev"], unique=False)
    op.create_table(
        "mutes",
        sa.Column("person", _id, nullable=False),
        sa.Column("source", _id, nullable=False),
        sa.ForeignKeyConstraint(["person"], ["employees.id"], name="fk_mutes_person", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["source"], ["sources.id"], name="fk_mutes_source", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("person", "source", name="pk_mutes"),
    )
    op.create_index("ix_mutes_source", "mutes", ["source"], unique=False)
    op.create_table(
        "bodies",
        sa.Column("id", _id, autoincrement=False, nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("people", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("labels", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("data", sa.Text(), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.Column("raw", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["id"], ["entries.id"], name="fk_bodies_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_bodies"),
    )
    op.create_table(
        "marks",
        sa.Column("person", _id, nullable=False),
        sa.Column("entry", _id, nullable=False),
        sa.Column("rev", sa.BigInteger(), nullable=False),
        sa.Column("seen_at", sa.Double(), nullable=True),
        sa.Column("done_at", sa.Double(), nullable=True),
        sa.Column("snoozed_until", sa.Double(), nullable=True),
        sa.Column("pinned", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["entry"], ["entries.id"], name="fk_marks_entry", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["person"], ["employees.id"], name="fk_marks_person", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("person", "entry", name="pk_marks"),
    )
    op.create_index("ix_marks_entry", "marks", ["entry"], unique=False)
    op.create_index("ix_marks_person_rev", "marks", ["person", "rev"], unique=False)
    op.execute("INSERT INTO counters (name, value) VALUES ('rev', 0)")
    context.config.attributes["create_index"](op.get_bind())
