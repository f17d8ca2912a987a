"""Logs that are only added to, and the keys and indexes that came with accounts, mails and reviews."""

from tortoise import migrations
from tortoise.migrations import operations as ops

# Rows are only added; sealing gives a row its place once. Not even the owner of the table changes
# one by accident, as there is one database role.
AUDIT_GUARD = """
CREATE FUNCTION audit_event_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.sequence IS NULL
       AND to_jsonb(NEW) - 'sequence' - 'previous_hash'
         = to_jsonb(OLD) - 'sequence' - 'previous_hash' THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'audit rows are only added' USING ERRCODE = 'restrict_violation';
END $$
"""
AUDIT_TRIGGER = """
CREATE TRIGGER audit_event_append_only BEFORE UPDATE OR DELETE ON audit_event
FOR EACH ROW EXECUTE FUNCTION audit_event_append_only()
"""
REVIEW_GUARD = """
CREATE FUNCTION review_entry_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND pg_trigger_depth() > 1 THEN
        RETURN OLD; -- the flag itself goes, and its log with it
    END IF;
    IF TG_OP = 'UPDATE' AND NEW.text IS NULL
       AND to_jsonb(NEW) - 'text' = to_jsonb(OLD) - 'text' THEN
        RETURN NEW; -- erasure takes the words and leaves what happened
    END IF;
    RAISE EXCEPTION 'the log of a review is only added to' USING ERRCODE = 'restrict_violation';
END $$
"""
REVIEW_TRIGGER = """
CREATE TRIGGER review_entry_append_only BEFORE UPDATE OR DELETE ON review_entry
FOR EACH ROW EXECUTE FUNCTION review_entry_append_only()
"""

# The key (asn_id, link_id) leads to a link, which itself belongs to a person: a second check of the
# person for each visit proves nothing more.
DROP_SECOND_KEY = """
DO $$
DECLARE found text;
BEGIN
    FOR found IN SELECT conname FROM pg_constraint
                  WHERE conrelid = 'click'::regclass AND confrelid = 'asn'::regclass LOOP
        EXECUTE format('ALTER TABLE click DROP CONSTRAINT %I', found);
    END LOOP;
END $$
"""

STATEMENTS = [
    (AUDIT_GUARD, "DROP FUNCTION audit_event_append_only()"),
    (AUDIT_TRIGGER, "DROP TRIGGER audit_event_append_only ON audit_event"),
    (REVIEW_GUARD, "DROP FUNCTION review_entry_append_only()"),
    (REVIEW_TRIGGER, "DROP TRIGGER review_entry_append_only ON review_entry"),
    (
        DROP_SECOND_KEY,
        "ALTER TABLE click ADD CONSTRAINT click_of_asn FOREIGN KEY (asn_id)"
        " REFERENCES asn (id) ON DELETE CASCADE",
    ),
    (
        "ALTER TABLE review_entry ADD CONSTRAINT review_entry_of_flag FOREIGN KEY (asn_id, flag_id)"
        " REFERENCES review_flag (asn_id, id) ON DELETE CASCADE",
        "ALTER TABLE review_entry DROP CONSTRAINT review_entry_of_flag",
    ),
    (
        "CREATE INDEX tracked_link_of_post ON tracked_link (program_post_id)",
        "DROP INDEX tracked_link_of_post",
    ),
    (
        "CREATE INDEX share_native ON share (platform, native_id) WHERE native_id IS NOT NULL",
        "DROP INDEX share_native",
    ),
    (
        "CREATE INDEX invitation_due ON invitation (answer_by) WHERE status = 'INVITED'",
        "DROP INDEX invitation_due",
    ),
    (
        "CREATE INDEX share_gain_due ON share_gain (due_at) WHERE due_at IS NOT NULL",
        "DROP INDEX share_gain_due",
    ),
    (
        "CREATE INDEX review_flag_order ON review_flag (opened_at, id)",
        "DROP INDEX review_flag_order",
    ),
    (
        "CREATE INDEX review_flag_held ON review_flag (held_at) WHERE state = 'OPEN' AND tier = 'HOLD'",
        "DROP INDEX review_flag_held",
    ),
    ("CREATE INDEX share_ingest ON share (ingest_seq)", "DROP INDEX share_ingest"),
    ("CREATE INDEX reshare_ingest ON reshare (ingest_seq)", "DROP INDEX reshare_ingest"),
    (
        "CREATE INDEX metric_observation_ingest ON metric_observation (ingest_seq)",
        "DROP INDEX metric_observation_ingest",
    ),
    (
        "CREATE INDEX audience_observation_time ON audience_observation (observed_at)",
        "DROP INDEX audience_observation_time",
    ),
    (
        "CREATE INDEX click_burst ON click (clicked_at) WHERE filtered_reason = 'BURST'",
        "DROP INDEX click_burst",
    ),
    ("CREATE INDEX appeal_object ON appeal (object_type, object_id)", "DROP INDEX appeal_object"),
]


class Migration(migrations.Migration):
    dependencies = [("models", "0002_constraints")]

    # One operation, as each one makes Tortoise build its state of all models again.
    operations = [
        ops.RunSQL(
            sql=[forward for forward, _ in STATEMENTS],
            reverse_sql=[backward for _, backward in reversed(STATEMENTS)],
        )
    ]
