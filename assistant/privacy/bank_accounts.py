"""Bank and post office accounts, where they are called so."""

import re
from collections.abc import Iterator

from assistant.privacy.base import LABELLED, LIKELY, Span, is_labelled, is_near, label
from assistant.privacy.folding import Folded
from assistant.privacy.kinds import Kind

_NUMBER = re.compile(r"(?<!\d)\d(?:[\s-]{0,3}\d){9,15}(?!\d)")
_POST_OFFICE = re.compile(r"(?<!\d)\d{6,7}(?!\d)")
_LABEL = label(
    r"帳號|帳戶|戶頭|存簿|存摺|匯款|匯[到入]|轉帳|銀行|郵局|農會|信用合作社|代碼?\s?\(?\d{3}\)?|\(\d{3}\)|局號|account"
)
_POST_LABEL = label(r"局號|局號\D{0,3}\d{6,7}\D{0,2}帳號")
_WORD = re.compile(r"薪轉|戶名|存摺|存簿|帳戶|銀行|郵局|信託|bank", re.IGNORECASE)
_PUBLIC = re.compile(r"捐款|劃撥|專戶|[公市國]庫|虛擬|繳納|繳費|規費|donation|virtual", re.IGNORECASE)


def find_bank_accounts(folded: Folded) -> Iterator[Span]:
    """Ten to sixteen digits after or beside a word of banking; accounts to which the public pays are left out."""
    for match in _NUMBER.finditer(folded.plain):
        start, end = match.span()
        if is_near(folded.text, start, end, _PUBLIC):
            continue
        if is_labelled(folded.text, start, _LABEL):
            yield Span(start, end, Kind.BANK_ACCOUNT, LABELLED)
        elif is_near(folded.text, start, end, _WORD, reach=10):
            yield Span(start, end, Kind.BANK_ACCOUNT, LIKELY)
    for match in _POST_OFFICE.finditer(folded.plain):
        if is_labelled(folded.text, match.start(), _POST_LABEL):
            yield Span(match.start(), match.end(), Kind.BANK_ACCOUNT, LABELLED)
