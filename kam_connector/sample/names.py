"""How customers, contacts and complaints are called: invented, but as on real letterheads."""

from __future__ import annotations

CITIES_CN = (
    "苏州", "无锡", "常州", "宁波", "杭州", "绍兴", "南京", "合肥", "上海", "嘉兴", "温州", "台州",
    "佛山", "东莞", "深圳", "中山", "厦门", "泉州", "青岛", "烟台", "济南", "沈阳", "大连", "天津",
    "武汉", "长沙", "重庆", "成都", "西安", "洛阳",
)  # fmt: skip
BRANDS_CN = (
    "恒锐", "博纳", "华升", "金石", "立诚", "安驰", "鑫盛", "凯旋", "永昌", "德力", "海通", "瑞丰",
    "中泰", "远大", "东方", "宏图", "顺达", "锦程", "天工", "精诚", "国泰", "盛源", "飞跃", "亿联",
    "长风", "明辉", "广信", "卓越", "新峰", "隆基", "百川", "泰和", "嘉禾", "启航", "振兴", "同创",
)  # fmt: skip
TRADES_CN = (
    "机械制造", "数控机床", "自动化设备", "汽车零部件", "风电设备", "轴承贸易", "液压科技", "机器人",
    "泵业", "工程机械", "包装机械", "纺织机械", "电机", "五金", "精密模具", "输送设备",
)  # fmt: skip
FAMILIES_CN = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧"
GIVEN_CN = (
    "伟", "芳", "娜", "敏", "静", "丽", "强", "磊", "军", "洋", "勇", "艳", "杰", "涛", "明", "超",
    "秀英", "建国", "志强", "晓东", "雪梅", "嘉怡", "子轩", "雨桐", "海燕", "文博", "国庆", "美玲",
)  # fmt: skip

PLACES_EU = (
    ("Rhein", "DE"), ("Hanse", "DE"), ("Schwaben", "DE"), ("Isar", "DE"), ("Ruhr", "DE"), ("Franken", "DE"),
    ("Alpen", "AT"), ("Donau", "AT"), ("Lombarda", "IT"), ("Emiliana", "IT"), ("Torinese", "IT"),
    ("Brabant", "NL"), ("Maas", "NL"), ("Flandria", "BE"), ("Savoie", "FR"), ("Lorraine", "FR"),
    ("Catalana", "ES"), ("Vasca", "ES"), ("Silesia", "PL"), ("Morava", "CZ"), ("Pennine", "GB"),
    ("Severn", "GB"), ("Mälar", "SE"), ("Øresund", "DK"),
)  # fmt: skip
TRADES_EU = (
    "Antriebe", "Automation", "Bearings", "Conveyors", "Engineering", "Fluid Power", "Hydraulik", "Machine Tools",
    "Motion", "Packaging", "Precision", "Pumps", "Robotics", "Textile Machines", "Valves", "Windpower",
)  # fmt: skip
FORMS_EU = {
    "DE": "GmbH", "AT": "GmbH", "IT": "S.r.l.", "NL": "B.V.", "BE": "NV", "FR": "SAS", "ES": "S.L.",
    "PL": "Sp. z o.o.", "CZ": "s.r.o.", "GB": "Ltd", "SE": "AB", "DK": "A/S",
}  # fmt: skip
GIVEN_EU = (
    "Anna", "Bruno", "Carla", "Daniel", "Elena", "Felix", "Giulia", "Hendrik", "Ines", "Jonas", "Klara", "Lucas",
    "Marta", "Niels", "Olga", "Paul", "Rosa", "Stefan", "Teresa", "Viktor",
)  # fmt: skip
FAMILIES_EU = (
    "Becker", "Bianco", "Dubois", "Fischer", "García", "Hansen", "Janssen", "Keller", "Kowalski", "Lambert",
    "Moretti", "Novak", "Petersen", "Rossi", "Schmitt", "Svensson", "van Dijk", "Wagner", "Walker", "Zimmermann",
)  # fmt: skip

PLACES_JP = ("東京", "大阪", "名古屋", "横浜", "神戸", "福岡", "浜松", "京都", "広島", "仙台")
TRADES_JP = ("精機", "工業", "機械", "製作所", "バルブ", "軸受商会", "電機", "テクノ")
FAMILIES_JP = ("佐藤", "鈴木", "高橋", "田中", "伊藤", "渡辺", "山本", "中村")
GIVEN_JP = ("健一", "裕子", "大輔", "美咲", "翔太", "直樹", "恵子", "拓也")

HOSTILE = ("=cmd|' /C calc'!A0", "+86 Trading", "-Minus GmbH", "@Home Co", "<b>Bold</b> & Co")

COMPLAINTS = {
    "product": (
        ("dimension", "内径超差,无法装配。Bore out of tolerance, does not fit."),
        ("corrosion", "开箱发现锈蚀。Rust found when the box was opened."),
        ("noise", "运行 200 小时后异响。Noise after 200 hours of running."),
    ),
    "contract": (
        ("price", "发票单价与合同不符。Unit price differs from the contract."),
        ("quantity", "发票数量多于收货数量。More invoiced than received."),
    ),
    "transport": (
        ("damage", "运输中包装破损。Packaging broken in transport."),
        ("delay", "晚到八天,产线停工。Eight days late, the line stood still."),
        ("wrong_goods", "发错型号。Wrong type delivered."),
    ),
    "service": (
        ("reply", "三次催问无人回复。Three questions without an answer."),
        ("commissioning", "现场调试人员未按时到达。Engineer did not arrive for commissioning."),
    ),
}  # fmt: skip
ACTIVITIES = (
    "季度回访 Quarterly review call", "年度框架合同续签 Renew the yearly frame contract",
    "催款电话 Call about overdue invoices", "新品样件跟进 Follow up on samples",
    "拜访采购经理 Visit the head of purchasing",
)  # fmt: skip
