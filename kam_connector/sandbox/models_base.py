"""Fields of Odoo's own base: companies, people, activities, and what custom fields are made of."""

from __future__ import annotations

BASE = {
    "ir.attachment": """
        name:char! datas:binary? mimetype:char= res_model:char res_id:many2one_reference type:selection!
        company_id:many2one(res.company) description:text file_size:integer=
        checksum:char=""",
    "ir.config_parameter": "key:char! value:text!",
    "ir.model": "name:char! model:char! state:selection=",
    "ir.model.fields": """
        name:char! field_description:char! model_id:many2one(ir.model)! model:char! ttype:selection!
        state:selection!= store:boolean relation:char required:boolean
        readonly:boolean copied:boolean""",
    "ir.model.data": "module:char! name:char! model:char! res_id:many2one_reference",
    "ir.ui.view": """
        name:char! model:char inherit_id:many2one(ir.ui.view) mode:selection[primary|extension]! arch:text?
        active:boolean""",
    "mail.activity": """
        res_model:char= res_model_id:many2one(ir.model) res_id:many2one_reference
        activity_type_id:many2one(mail.activity.type) summary:char note:html date_deadline:date!
        user_id:many2one(res.users) active:boolean automated:boolean=""",
    "mail.activity.type": "name:char! active:boolean icon:char res_model:selection category:selection",
    "res.company": """
        name:char! currency_id:many2one(res.currency)! partner_id:many2one(res.partner)!
        resource_calendar_id:many2one(resource.calendar) parent_id:many2one(res.company) active:boolean""",
    "res.country": "name:char! code:char!",
    "res.country.state": "name:char! code:char! country_id:many2one(res.country)!",
    "res.currency": "name:char! symbol:char! decimal_places:integer= rounding:float active:boolean",
    "res.currency.rate": """
        name:date! rate:float currency_id:many2one(res.currency)!= company_id:many2one(res.company)""",
    "res.lang": "name:char! code:char! active:boolean",
    "res.partner": """
        name:char ref:char vat:char function:char active:boolean is_company:boolean
        type:selection[contact|invoice|delivery|other]
        parent_id:many2one(res.partner) commercial_partner_id:many2one(res.partner)= user_id:many2one(res.users)
        company_id:many2one(res.company) country_id:many2one(res.country)
        state_id:many2one(res.country.state) industry_id:many2one(res.partner.industry)
        category_id:many2many(res.partner.category)
        street:char street2:char zip:char city:char
        lang:selection tz:selection email:char phone:char customer_rank:integer supplier_rank:integer""",
    "res.partner.category": "name:char! parent_id:many2one(res.partner.category) color:integer active:boolean",
    "res.partner.industry": "name:char full_name:char active:boolean",
    "res.users": """
        login:char! name:char? partner_id:many2one(res.partner)! company_id:many2one(res.company)!
        company_ids:many2many(res.company) active:boolean share:boolean= sale_team_id:many2one(crm.team)=
        lang:selection? tz:selection?""",
    "resource.calendar": """
        name:char! tz:selection! company_id:many2one(res.company) active:boolean two_weeks_calendar:boolean""",
    "resource.calendar.attendance": """
        name:char! calendar_id:many2one(resource.calendar)! dayofweek:selection! hour_from:float! hour_to:float!
        day_period:selection! week_type:selection display_type:selection""",
    "resource.calendar.leaves": """
        name:char calendar_id:many2one(resource.calendar) company_id:many2one(res.company) date_from:datetime!
        date_to:datetime! time_type:selection resource_id:many2one(resource.resource)""",
    "resource.resource": "name:char!",
}
