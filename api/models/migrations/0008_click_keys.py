"""What the many rows of clicks cost: one key that guards them instead of two, and links by post."""

from tortoise import migrations
from tortoise.migrations import operations as ops

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


class Migration(migrations.Migration):
    dependencies = [("models", "0007_invitations")]

    initial = False

    operations = [
        ops.RunSQL(
            sql=[
                DROP_SECOND_KEY,
                "CREATE INDEX tracked_link_of_post ON tracked_link (program_post_id)",
            ],
            reverse_sql=[
                "DROP INDEX tracked_link_of_post",
                "ALTER TABLE click ADD CONSTRAINT click_of_asn FOREIGN KEY (asn_id)"
                " REFERENCES asn (id) ON DELETE CASCADE",
            ],
        )
    ]
