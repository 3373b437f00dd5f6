"""Of earlier cases the customer was told when a person noted the first response, and not by a step alone.

Of several that the log has the last one counts: a moment may have been taken back before a step set it.
"""


def migrate(cr, version):
    cr.execute("""
        UPDATE kam_complaint
           SET told_at = responded_at, told_by = 'hand'
         WHERE told_at IS NULL
           AND responded_at IS NOT NULL
           AND (SELECT old_state IS NULL OR old_state = new_state
                  FROM kam_complaint_event
                 WHERE complaint_id = kam_complaint.id
                   AND event = 'responded'
                 ORDER BY id DESC
                 LIMIT 1)
    """)
