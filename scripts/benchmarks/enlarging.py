"""A large Odoo 19: the small sample company, its customers and books copied by SQL until there are enough of them.

Every copy is a whole: invoices with their lines, payments, matches, and the customers that they belong to, so that
residuals, receivable balances and control totals agree as in the original. A copy of a row has its id plus k times a
span beyond the largest id; references to copied tables move along, all others stay.
"""

from __future__ import annotations

from rig import databases, postgres, sample, stamps, templates

PARTNERS = 100_000
INVOICES = 200_000
VERSION = 19
RECIPE = """
CREATE TEMP TABLE source (name text, span bigint, copies int, condition text);
INSERT INTO source
SELECT t, 1, 1, c FROM (VALUES
    ('res_partner', 'customer_rank > 0'),
    ('account_move', 'true'),
    ('account_payment', 'true'),
    ('account_full_reconcile', 'true'),
    ('account_move_line', 'true'),
    ('account_partial_reconcile', 'true')
) AS tables (t, c);
SET session_replication_role = replica;
DO $$
DECLARE
    one source; into_columns text; from_columns text; largest bigint; found bigint; moves int; partners int;
BEGIN
    SELECT ceil({invoices} / count(*)::float) INTO moves FROM account_move
    WHERE state = 'posted' AND move_type = 'out_invoice';
    SELECT ceil({partners} / count(*)::float) INTO partners FROM res_partner WHERE customer_rank > 0;
    FOR one IN SELECT * FROM source LOOP
        EXECUTE format('SELECT max(id) FROM %I', one.name) INTO largest;
        UPDATE source
        SET span = largest, copies = CASE one.name WHEN 'res_partner' THEN greatest(partners, moves) ELSE moves END
        WHERE name = one.name;
    END LOOP;
    FOR one IN SELECT * FROM source LOOP
        SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum),
               string_agg(CASE
                   WHEN attname = 'id' THEN format('r.id + k * %s', one.span)
                   WHEN referred.name = 'res_partner' THEN format(
                       'CASE WHEN r.%1$I IN (SELECT id FROM res_partner WHERE id <= %2$s AND customer_rank > 0) '
                       'THEN r.%1$I + k * %2$s ELSE r.%1$I END', attname, referred.span)
                   WHEN referred.name IS NOT NULL THEN format('r.%I + k * %s', attname, referred.span)
                   WHEN one.name = 'res_partner' AND attname IN ('name', 'complete_name')
                       THEN format('r.%I || '' '' || k', attname)
                   WHEN one.name IN ('account_move', 'account_payment') AND attname = 'name'
                       THEN 'r.name || ''/'' || k'
                   WHEN one.name = 'account_move_line' AND attname = 'move_name' THEN 'r.move_name || ''/'' || k'
                   ELSE format('r.%I', attname) END, ', ' ORDER BY attnum)
        INTO into_columns, from_columns
        FROM pg_attribute a
        LEFT JOIN LATERAL (
            SELECT s.name, s.span FROM pg_constraint c JOIN source s ON s.name = c.confrelid::regclass::text
            WHERE c.contype = 'f' AND c.conrelid = a.attrelid AND a.attnum = ANY (c.conkey) LIMIT 1
        ) referred ON true
        WHERE a.attrelid = one.name::regclass AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '';
        EXECUTE format(
            'INSERT INTO %1$I (%2$s) SELECT %3$s FROM generate_series(1, %4$s) k, %1$I r '
            'WHERE r.id <= %5$s AND %6$s ORDER BY k, r.id',
            one.name, into_columns, from_columns, one.copies, one.span, one.condition);
        EXECUTE format('SELECT max(id) FROM %I', one.name) INTO found;
        PERFORM setval(pg_get_serial_sequence(one.name, 'id'), found);
    END LOOP;
END $$;
SET session_replication_role = DEFAULT;
"""


def large_template() -> str:
    """The name of the sealed template with PARTNERS customers and INVOICES posted invoices, made if it is missing."""
    small = sample.sample_template(VERSION, "small")
    key = stamps.make_key([small, RECIPE, str(PARTNERS), str(INVOICES)])[:8]

    def fill(name: str) -> None:
        databases.copy(VERSION, name, small)
        enlarge(name)

    return templates.make(VERSION, f"kam{VERSION}_large_{key}", fill)


def enlarge(name: str) -> None:
    """The database has that many customers and posted invoices, and its statistics are up to date."""
    recipe = RECIPE.replace("{invoices}", str(INVOICES)).replace("{partners}", str(PARTNERS))
    postgres.execute(recipe, database=name)
    postgres.execute("VACUUM ANALYZE", database=name)
