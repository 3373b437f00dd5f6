"""Fields of Odoo's sales and accounting, as far as the connector pulls them."""

from __future__ import annotations

TRADE = {
    "account.account": """
        name:char! code:char? account_type:selection! non_trade:boolean currency_id:many2one(res.currency)
        company_ids:many2many(res.company)! active:boolean reconcile:boolean""",
    "account.move": """
        name:char ref:char move_type:selection!= state:selection!= partner_id:many2one(res.partner)
        commercial_partner_id:many2one(res.partner)= invoice_user_id:many2one(res.users)
        team_id:many2one(crm.team) invoice_date:date invoice_date_due:date date:date! amount_untaxed:monetary=
        amount_tax:monetary= amount_total:monetary= amount_residual:monetary= amount_untaxed_signed:monetary=
        amount_total_signed:monetary= amount_residual_signed:monetary= currency_id:many2one(res.currency)!
        company_id:many2one(res.company) payment_state:selection= reversed_entry_id:many2one(account.move)=
        invoice_origin:char= invoice_payment_term_id:many2one(account.payment.term)""",
    "account.move.line": """
        move_id:many2one(account.move)!= account_id:many2one(account.account) partner_id:many2one(res.partner)
        date:date= date_maturity:date debit:monetary credit:monetary balance:monetary amount_currency:monetary
        amount_residual:monetary= amount_residual_currency:monetary= reconciled:boolean=
        full_reconcile_id:many2one(account.full.reconcile)= parent_state:selection=
        product_id:many2one(product.product) quantity:float price_unit:float discount:float
        price_subtotal:monetary= company_id:many2one(res.company)= currency_id:many2one(res.currency)!
        display_type:selection! name:char is_downpayment:boolean""",
    "account.full.reconcile": "",
    "account.payment.term": "name:char!",
    "account.partial.reconcile": """
        debit_move_id:many2one(account.move.line)! credit_move_id:many2one(account.move.line)!
        full_reconcile_id:many2one(account.full.reconcile) exchange_move_id:many2one(account.move) amount:monetary
        debit_amount_currency:monetary credit_amount_currency:monetary max_date:date=
        company_id:many2one(res.company)""",
    "account.payment": """
        name:char= partner_id:many2one(res.partner) amount:monetary payment_type:selection! partner_type:selection!
        move_id:many2one(account.move) currency_id:many2one(res.currency) company_id:many2one(res.company)!
        state:selection! date:date! is_matched:boolean= is_reconciled:boolean= memo:char payment_reference:char""",
    "crm.team": "name:char! user_id:many2one(res.users) company_id:many2one(res.company) active:boolean",
    "crm.team.member": "user_id:many2one(res.users)! crm_team_id:many2one(crm.team)! active:boolean",
    "product.category": "name:char! parent_id:many2one(product.category)",
    "product.product": "product_tmpl_id:many2one(product.template)! default_code:char active:boolean",
    "product.template": """
        name:char! categ_id:many2one(product.category) list_price:float active:boolean type:selection!""",
    "sale.order": """
        name:char! partner_id:many2one(res.partner)! partner_invoice_id:many2one(res.partner)!
        user_id:many2one(res.users) team_id:many2one(crm.team) company_id:many2one(res.company)!
        currency_id:many2one(res.currency)= currency_rate:float= date_order:datetime! validity_date:date
        state:selection= amount_untaxed:monetary= amount_tax:monetary= amount_total:monetary= invoice_status:selection=
        client_order_ref:char origin:char payment_term_id:many2one(account.payment.term)
        source_id:many2one(utm.source) medium_id:many2one(utm.medium)""",
    "sale.order.line": """
        order_id:many2one(sale.order)! product_id:many2one(product.product) name:text! product_uom_qty:float!
        qty_delivered:float qty_invoiced:float= price_unit:float! discount:float price_subtotal:monetary=
        price_total:monetary= company_id:many2one(res.company)= currency_id:many2one(res.currency)=
        state:selection= display_type:selection is_downpayment:boolean""",
    "utm.medium": "name:char!",
    "utm.source": "name:char!",
}
