"""The kinds of personal data, what stands in their place, and where each is masked."""

from collections.abc import Mapping
from enum import StrEnum

from assistant.schema import Lang


class Kind(StrEnum):
    """What a piece of personal data is."""

    NATIONAL_ID = "national_id"
    RESIDENT_ID = "resident_id"
    BUSINESS_ID = "business_id"
    MOBILE = "mobile"
    LANDLINE = "landline"
    PLATE = "plate"
    NHI_CARD = "nhi_card"
    PASSPORT = "passport"
    BANK_ACCOUNT = "bank_account"
    CREDIT_CARD = "credit_card"
    EMAIL = "email"
    ADDRESS = "address"
    BIRTH_DATE = "birth_date"
    NAME = "name"
    LINE_ID = "line_id"
    MEDICAL_RECORD = "medical_record"


class Purpose(StrEnum):
    """What a text is masked for."""

    LOG = "log"
    TRACE = "trace"
    STORAGE = "storage"
    PROMPT = "prompt"


_ALL = frozenset(Kind)
MASKED: Mapping[Purpose, frozenset[Kind]] = {
    Purpose.LOG: _ALL,
    Purpose.TRACE: _ALL,
    Purpose.STORAGE: _ALL,
    # Where something is, is what many questions are about: which shelter is near, where the pothole is.
    Purpose.PROMPT: _ALL - {Kind.ADDRESS},
}

# A name that may as well be a writer or a singer is masked where nobody needs it, and left where an answer may.
THRESHOLDS: Mapping[Purpose, float] = {Purpose.LOG: 0.4, Purpose.TRACE: 0.4, Purpose.STORAGE: 0.4, Purpose.PROMPT: 0.5}

PLACEHOLDER_WORDS: Mapping[Kind, Mapping[Lang, str]] = {
    Kind.NATIONAL_ID: {"zh-TW": "身分證字號", "en": "national ID"},
    Kind.RESIDENT_ID: {"zh-TW": "居留證號", "en": "resident ID"},
    Kind.BUSINESS_ID: {"zh-TW": "統一編號", "en": "business number"},
    Kind.MOBILE: {"zh-TW": "電話", "en": "phone"},
    Kind.LANDLINE: {"zh-TW": "電話", "en": "phone"},
    Kind.PLATE: {"zh-TW": "車牌", "en": "plate"},
    Kind.NHI_CARD: {"zh-TW": "健保卡號", "en": "health card"},
    Kind.PASSPORT: {"zh-TW": "護照號碼", "en": "passport"},
    Kind.BANK_ACCOUNT: {"zh-TW": "帳號", "en": "account"},
    Kind.CREDIT_CARD: {"zh-TW": "信用卡號", "en": "credit card"},
    Kind.EMAIL: {"zh-TW": "電子信箱", "en": "e-mail"},
    Kind.ADDRESS: {"zh-TW": "地址", "en": "address"},
    Kind.BIRTH_DATE: {"zh-TW": "出生日期", "en": "birth date"},
    Kind.NAME: {"zh-TW": "姓名", "en": "name"},
    Kind.LINE_ID: {"zh-TW": "通訊帳號", "en": "messenger ID"},
    Kind.MEDICAL_RECORD: {"zh-TW": "病歷號碼", "en": "medical record"},
}
BRACKETS: Mapping[Lang, tuple[str, str]] = {"zh-TW": ("〔", "〕"), "en": ("[", "]")}
