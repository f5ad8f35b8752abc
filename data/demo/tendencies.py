"""How the demo's organisations lean: the explicit distributions from which closed answers are drawn.

Numbers only. `closed.py` draws from them; nothing here is a result of a real consultation.
"""

Weights = dict[str, float]

REPLIES = {
    "ssa": {"en": 58, "fr": 36, "ar": 2},
    "lac": {"es": 66, "en": 12},
    "weu": {"en": 38, "fr": 18, "es": 16},
    "sa": {"en": 54},
    "sea": {"en": 30, "zh": 14},
    "eeca": {"ru": 30, "en": 10},
    "nam": {"en": 22, "fr": 5, "es": 1},
    "mena": {"ar": 17, "fr": 7, "en": 3},
    "oce": {"en": 12},
    "glob": {"en": 6, "fr": 2, "es": 2},
}
"""Replies by region and language of the form: 461 in all."""

PRIORITY: dict[str, Weights] = {
    "ssa": {"c10": 40, "c09": 12, "c02": 11, "c06": 11, "c07": 9, "c11": 7, "c03": 4, "c08": 3, "c01": 2, "c05": 1},
    "lac": {"c03": 36, "c11": 18, "c02": 12, "c06": 9, "c01": 8, "c10": 7, "c07": 4, "c08": 3, "c04": 2, "c09": 1},
    "weu": {"c06": 22, "c11": 19, "c01": 14, "c02": 13, "c09": 9, "c07": 8, "c08": 6, "c03": 4, "c10": 4, "c05": 1},
    "sa": {"c10": 26, "c06": 20, "c09": 14, "c07": 13, "c02": 11, "c11": 8, "c01": 3, "c03": 3, "c08": 2},
    "sea": {"c01": 22, "c11": 19, "c06": 18, "c08": 11, "c02": 10, "c07": 8, "c05": 5, "c09": 4, "c10": 3},
    "eeca": {"c07": 27, "c11": 20, "c06": 18, "c08": 17, "c09": 6, "c02": 5, "c10": 4, "c05": 3},
    "nam": {"c09": 52, "c06": 16, "c02": 12, "c11": 12, "c07": 4, "c08": 4},
    "mena": {"c09": 24, "c06": 17, "c02": 15, "c11": 14, "c10": 14, "c07": 8, "c01": 5, "c03": 3},
    "oce": {"c06": 26, "c02": 24, "c01": 17, "c11": 17, "c07": 8, "c08": 8},
    "glob": {"c11": 30, "c10": 30, "c06": 20, "c07": 10, "c02": 10},
}
"""Percentages of `prio_1` by region."""

THEMES: dict[str, Weights] = {
    "c01": {"research": 3, "rights": 3, "prev": 3, "ad": 2},
    "c02": {"prev": 7, "ad": 2, "treat": 1},
    "c03": {"rights": 7, "research": 1, "ad": 1, "prev": 1},
    "c04": {"rights": 3, "research": 2},
    "c05": {"prev": 3, "research": 2},
    "c06": {"treat": 5, "hr": 3, "prev": 1},
    "c07": {"hr": 8, "treat": 1, "rights": 1},
    "c08": {"prev": 4, "research": 2, "hr": 2, "treat": 2},
    "c09": {"hr": 4, "treat": 3, "prev": 3},
    "c10": {"meds": 9, "treat": 1},
    "c11": {"rights": 6, "hr": 4},
}
"""What an organisation that writes about a challenge mostly does."""

TYPES: dict[str, Weights] = {
    "meds": {"nngo": 40, "prof": 14, "service": 14, "fbo": 8, "ingo": 9, "network": 7, "cbo": 5, "acad": 3},
    "hr": {"nngo": 28, "pwud": 28, "cbo": 14, "network": 9, "service": 12, "ingo": 5, "other": 4},
    "prev": {"nngo": 34, "youth": 18, "fbo": 10, "cbo": 14, "network": 10, "ingo": 6, "found": 3, "other": 5},
    "treat": {"nngo": 32, "service": 26, "fbo": 9, "cbo": 14, "prof": 7, "network": 6, "found": 3, "other": 3},
    "rights": {"nngo": 36, "pwud": 14, "network": 14, "ingo": 11, "acad": 7, "cbo": 11, "found": 3, "youth": 4},
    "ad": {"cbo": 38, "nngo": 30, "network": 14, "ingo": 10, "other": 8},
    "research": {"acad": 46, "nngo": 26, "prof": 14, "youth": 7, "network": 7},
}

FIELDS: dict[str, Weights] = {
    "meds": {"meds": 99, "treat": 5, "policy": 4, "hiv": 4, "research": 2, "hrights": 2, "youth": 1},
    "hr": {
        "hr": 99,
        "hiv": 8,
        "hrights": 6,
        "policy": 5,
        "treat": 3,
        "gender": 3,
        "justice": 3,
        "recov": 1,
        "reint": 1,
    },
    "prev": {"prev": 99, "youth": 8, "recov": 2, "treat": 2, "research": 2, "security": 2, "policy": 2, "reint": 1},
    "treat": {"treat": 99, "recov": 8, "reint": 6, "prev": 3, "hr": 2, "gender": 2, "hiv": 2, "meds": 1},
    "rights": {
        "hrights": 60,
        "policy": 60,
        "justice": 9,
        "gender": 3,
        "hr": 3,
        "research": 2,
        "security": 2,
        "reint": 2,
    },
    "ad": {"ad": 99, "hrights": 4, "policy": 3, "gender": 3, "youth": 1, "security": 1},
    "research": {"research": 99, "policy": 6, "prev": 3, "treat": 3, "security": 2, "hr": 1},
}
FIELD_ORDER = [
    "prev",
    "treat",
    "hr",
    "recov",
    "reint",
    "meds",
    "hiv",
    "ad",
    "hrights",
    "justice",
    "policy",
    "gender",
    "youth",
    "research",
    "security",
    "other",
]

POPULATIONS: dict[str, Weights] = {
    "meds": {"patients": 9, "fam": 4, "general": 2, "prison": 1, "migr": 1},
    "hr": {"pwud": 9, "pwid": 7, "women": 3, "prison": 3, "lgbt": 2, "migr": 1, "youth": 1},
    "prev": {"youth": 9, "fam": 6, "general": 4, "women": 1, "indig": 1},
    "treat": {"pwud": 5, "recov": 7, "fam": 5, "women": 2, "prison": 2, "youth": 1},
    "rights": {"pwud": 5, "prison": 5, "women": 3, "indig": 2, "farm": 1, "lgbt": 2, "general": 1},
    "ad": {"farm": 9, "indig": 5, "women": 3, "youth": 1, "fam": 2},
    "research": {"none": 6, "general": 4, "pwud": 2, "youth": 2},
}
POPULATION_ORDER = [
    "pwud",
    "pwid",
    "women",
    "youth",
    "fam",
    "prison",
    "farm",
    "patients",
    "recov",
    "indig",
    "lgbt",
    "migr",
    "general",
    "none",
]

PROGRESS: dict[str, Weights] = {
    "base": {
        "c01": 2.0,
        "c02": 1.9,
        "c03": 2.1,
        "c04": 2.6,
        "c05": 2.0,
        "c06": 2.7,
        "c07": 3.1,
        "c08": 2.2,
        "c09": 2.3,
        "c10": 2.7,
        "c11": 2.6,
    },
    "weu": {"c06": 0.8, "c07": 0.5, "c10": 0.5, "c11": 0.3, "c01": -0.3},
    "oce": {"c06": 0.9, "c07": 0.6, "c02": -0.3},
    "eeca": {"c06": -0.9, "c07": -0.6, "c08": -0.5, "c11": -0.8},
    "nam": {"c09": -1.4, "c06": -0.3, "c08": -0.5, "c11": -0.1},
    "ssa": {"c09": -0.2, "c10": -0.3, "c07": 0.3},
    "lac": {"c03": -0.9, "c01": -0.3, "c02": -0.3},
    "mena": {"c09": -0.3, "c11": -0.4, "c02": -0.2},
    "sa": {"c10": -0.1, "c06": -0.1},
    "sea": {"c01": -0.6, "c11": -0.2, "c09": 0.2},
    "glob": {},
}
"""Mean on the scale 1-5: `base`, and what a region adds."""
PROGRESS_UNKNOWN = {
    "c01": 0.06,
    "c02": 0.05,
    "c03": 0.07,
    "c04": 0.19,
    "c05": 0.15,
    "c06": 0.05,
    "c07": 0.07,
    "c08": 0.09,
    "c09": 0.07,
    "c10": 0.08,
    "c11": 0.08,
}

SERVICES: dict[str, Weights] = {
    "base": {"prev": 2.5, "treat": 2.6, "hr": 2.3, "recov": 2.3, "meds": 2.7, "just": 2.1, "ad": 2.0, "gend": 2.0},
    "weu": {"prev": 0.4, "treat": 0.8, "hr": 1.2, "recov": 0.5, "meds": 1.3, "just": 0.6, "gend": 0.4},
    "oce": {"treat": 0.6, "hr": 1.0, "meds": 1.1, "just": 0.2},
    "nam": {"treat": 0.1, "hr": 0.5, "meds": 1.0, "just": 0.2},
    "eeca": {"hr": -0.6, "recov": -0.2, "just": -0.4},
    "ssa": {"hr": -0.5, "meds": -1.3, "treat": -0.3},
    "sa": {"meds": -1.1, "hr": -0.2},
    "lac": {"ad": 0.3, "meds": -0.2, "just": -0.1},
    "mena": {"hr": -0.6, "just": -0.4},
    "sea": {"just": -0.4, "ad": 0.5},
    "glob": {},
}
SERVICES_UNKNOWN = {
    "prev": 0.05,
    "treat": 0.05,
    "hr": 0.07,
    "recov": 0.07,
    "meds": 0.09,
    "just": 0.09,
    "ad": 0.19,
    "gend": 0.09,
}
SERVICES_BY_TYPE: dict[str, Weights] = {
    "pwud": {"hr": -0.4, "gend": -0.3, "treat": -0.3},
    "service": {"treat": 0.3, "recov": 0.2},
}

PARTICIPATION = {"loc": 2.9, "nat": 2.7, "reg": 2.3, "int": 2.2}
PARTICIPATION_UNKNOWN = {"loc": 0.05, "nat": 0.05, "reg": 0.1, "int": 0.1}
PARTICIPATION_BY_ECOSOC = {"general": 1.3, "special": 1.1, "roster": 0.4, "none": -0.1}
NATIONAL_BY_REGION = {"eeca": -0.6, "mena": -0.6, "weu": 0.5, "oce": 0.5, "sea": -0.3}
CIVIC_SPACE = {"eeca": 1.6, "mena": 1.4, "sea": 2.3, "lac": 2.5, "sa": 2.4, "weu": 2.8, "oce": 3.1}
FUNDING = {"nam": 1.9, "oce": 2.6, "weu": 2.3, "sa": 2.2}
CONFIDENCE = {"nam": 2.2, "oce": 3.8, "ssa": 3.3, "sa": 3.2, "weu": 2.8, "eeca": 2.6}

BARRIERS: Weights = {
    "stigma": 9,
    "law": 3,
    "fund": 8,
    "staff": 6,
    "dist": 3,
    "cost": 4,
    "data": 3,
    "will": 6,
    "conflict": 0.6,
    "other": 0.4,
}
BARRIERS_BY_REGION: dict[str, Weights] = {
    "ssa": {"dist": 7, "staff": 8},
    "sa": {"dist": 6, "staff": 7},
    "oce": {"dist": 11},
    "mena": {"conflict": 4},
    "eeca": {"conflict": 2.5, "law": 5},
    "nam": {"cost": 9},
}
LAW_FOR_USERS = 30.0
"""Weight of the barrier 'law' for organisations led by people who use drugs."""

INVESTMENT: Weights = {"prev": 1.0, "treat": 1.0, "hr": 0.5, "recov": 0.6, "meds": 0.6, "ad": -0.3, "rights": 0.4}
INVESTMENT_BY_FIELD: dict[str, Weights] = {
    "hr": {"hr": 2.6, "rights": 0.4},
    "prev": {"prev": 2.0},
    "treat": {"treat": 1.2, "recov": 0.6},
    "meds": {"meds": 2.6},
    "ad": {"ad": 2.6},
    "hrights": {"rights": 1.6},
    "recov": {"recov": 1.0},
}

ECOSOC: dict[str, Weights] = {
    "ingo": {"general": 22, "special": 46, "roster": 8, "pending": 6, "none": 16, "dk": 2},
    "network": {"general": 6, "special": 34, "roster": 6, "pending": 8, "none": 42, "dk": 4},
    "other types": {"general": 1, "special": 13, "roster": 4, "pending": 7, "none": 64, "dk": 11},
}
NETWORKS: dict[str, Weights] = {
    "status": {"vngoc": 75, "nyngoc": 30, "regional": 50},
    "no status": {"vngoc": 30, "nyngoc": 7, "regional": 42},
}
LED_BY: dict[str, Weights] = {
    "pwud": {"yes": 92, "partly": 6, "ns": 2},
    "cbo": {"yes": 62, "partly": 24, "no": 10, "ns": 4},
    "other types": {"yes": 12, "partly": 32, "no": 49, "ns": 7},
}
PROCESSES: Weights = {"natstrat": 9, "local": 7, "region": 4, "cnd": 4, "them": 2, "report": 4, "hrc": 3, "other": 1}
LIMITS: Weights = {
    "fund": 10,
    "lang": 4,
    "info": 5,
    "visa": 4,
    "access": 6,
    "trust": 2,
    "cap": 7,
    "ecosoc": 4,
    "other": 0.5,
}
LIMITS_BY_REGION: dict[str, Weights] = {
    "ssa": {"visa": 8},
    "sa": {"visa": 7},
    "eeca": {"trust": 7, "lang": 6},
    "mena": {"trust": 6, "visa": 7, "lang": 6},
    "lac": {"lang": 8},
    "weu": {"visa": 0.2, "lang": 1.5},
    "nam": {"visa": 0.2, "lang": 0.5},
    "oce": {"visa": 0.5, "fund": 14},
}
LEVELS: Weights = {"local": 5, "national": 8, "regional": 3, "international": 2}
OVIEDO: dict[str, Weights] = {
    "prev": {"signed": 46, "know": 24, "heard": 19, "no": 11},
    "else": {"signed": 5, "know": 14, "heard": 33, "no": 48},
}
COMMON_POSITION = {"signed": 18, "know": 24, "heard": 34, "no": 24}
PUBLISH: dict[str, Weights] = {"eeca": {"named": 38, "anon": 44, "no": 18}, "mena": {"named": 36, "anon": 46, "no": 18}}
PUBLISH_ELSEWHERE = {"named": 62, "anon": 27, "no": 11}
EVIDENCE = {"rct": 3, "eval": 16, "mon": 34, "qual": 24, "prac": 23}
