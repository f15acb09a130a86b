"""Figures with their units: the right number with the wrong unit is a wrong figure."""

import pytest

from assistant.sentences import split_sentences
from assistant.settings import PROJECT_ROOT
from assistant.text import fold
from assistant.verification.figures import unsupported_figures
from assistant.verification.units import unit_of

CORPUS = PROJECT_ROOT / "corpus" / "kaohsiung" / "documents"
NEIGHBOURS = 2

WRONG = [
    ("20天內辦理。", "規費20元。"),
    ("規費20元。", "20天內辦理。"),
    ("規費20元。", "滿20歲可申請。"),
    ("滿20歲可申請。", "限20人。"),
    ("限20人參加。", "限時20分鐘。"),
    ("在3樓辦理。", "中正四路3號。"),
    ("中正四路3號。", "在3樓辦理。"),
    ("在三樓。", "三號窗口"),
    ("三民路3段。", "三民路3巷。"),
    ("三民路5弄。", "三民路5巷。"),
    ("3月5日截止。", "5月3日截止。"),
    ("5月3日截止。", "2026/3/5截止。"),
    ("It ends on March 5.", "It ends on May 3."),
    ("It ends on 5 March.", "It ends on May 3."),
    ("It ends on March 5.", "5月3日截止。"),
    ("第12條規定。", "共12人。"),
    ("共12人。", "第12條規定。"),
    ("第12條之1規定。", "第12條規定。"),
    ("第12條規定。", "第12條之1規定。"),
    ("第12條之1規定。", "第12條之2規定。"),
    ("Article 12-1 says so.", "第12條之2規定。"),
    ("第3項規定。", "第3款規定。"),
    ("第3項第2款。", "第2項第3款。"),
    ("為期3個月。", "3月開始。"),
    ("為期3個月。", "為期3週。"),
    ("為期3週。", "為期3天。"),
    ("7個工作天。", "7天。"),
    ("補助20%。", "補助20元。"),
    ("補助20元。", "補助百分之二十。"),
    ("打8折。", "補助8%。"),
    ("每次2小時。", "每次2天。"),
    ("每次30分鐘。", "每次30小時。"),
    ("距離5公里。", "距離5公尺。"),
    ("距離5公尺。", "距離5公里。"),
    ("重20公斤。", "重20公噸。"),
    ("面積30坪。", "面積30平方公尺。"),
    ("It costs 20 dollars.", "It takes 20 days."),
    ("It takes 20 days.", "It costs NT$20."),
    ("It takes 20 working days.", "It takes 20 days."),
    ("It is for people aged 65.", "It costs NT$65."),
    ("On the 3rd floor.", "位於3號。"),
    ("分機123。", "費用123元。"),
    ("ext. 123", "NT$123"),
    ("中正一路2號。", "中正二路2號。"),
    ("在四維三路2號。", "在四維四路2號。"),
    ("中正二路50號。", "中山二路50號。"),
    ("twenty-one days", "21 dollars"),
    ("twice a week", "three times a week"),
    ("twenty-five dollars", "20 dollars and 5 cents"),
    ("最多兩次。", "最多兩天。"),
    ("民國114年3月5日。", "民國114年5月3日。"),
    ("2025年3月5日。", "114年3月6日。"),
]
RIGHT = [
    ("20天內辦理。", "辦理期限：20日"),
    ("20日內辦理。", "應於二十天內辦理"),
    ("規費20元。", "規費（元）：20"),
    ("規費20元。", "NT$20 a copy"),
    ("It costs NT$20.", "每份二十元"),
    ("It costs 20 dollars.", "規費20元"),
    ("滿20歲可申請。", "年滿二十歲者"),
    ("People aged 65 and over.", "65歲以上"),
    ("People over 65.", "65歲以上"),
    ("65歲以上。", "people aged 65 and over"),
    ("65歲以上。", "65 years old"),
    ("限20人。", "名額：20名"),
    ("限20位。", "名額20人"),
    ("中正四路3號。", "中正四路3號1樓"),
    ("在3樓。", "3F"),
    ("On the 3rd floor.", "3樓"),
    ("No. 3, Lane 5", "5巷3號"),
    ("3月5日截止。", "2026/3/5截止。"),
    ("3月5日截止。", "115年3月5日"),
    ("3月5日截止。", "It ends on March 5."),
    ("It ends on 5 March 2026.", "115年3月5日"),
    ("It ends on March 5.", "5th of March"),
    ("3月15日截止。", "3月1日至15日"),
    ("3月5日截止。", "截止：3/5"),
    ("It ends on March 15.", "March 1 to 15"),
    ("第12條之1規定。", "第十二條之一"),
    ("第12條之1規定。", "Article 12-1"),
    ("Article 12-1 says so.", "第12條之1"),
    ("第12-1條規定。", "第12條之1"),
    ("Article 12 says so.", "第十二條"),
    ("第3項第2款。", "第三項第二款"),
    ("為期3個月。", "three months"),
    ("It lasts three months.", "為期3個月"),
    ("為期三週。", "3個星期"),
    ("7個工作天。", "seven working days"),
    ("補助20%。", "20 percent"),
    ("20 percent", "百分之二十"),
    ("每次30分鐘。", "a 30-minute session"),
    ("每次2小時。", "two hours"),
    ("30至50人。", "30-50人"),
    ("NT$300 to 500", "300元至500元"),
    ("分機123。", "電話07-3368333轉123"),
    ("ext. 123", "分機123"),
    ("請撥07-3368333分機2136。", "07-3368333#2136"),
    ("在四維三路2號。", "高雄市苓雅區四維三路2號"),
    ("No. 2, Siwei 3rd Road", "四維三路2號"),
    ("twenty-one days", "21天"),
    ("twice a week", "每週2次"),
    ("the third child", "第三胎"),
    ("第三胎3萬元。", "third child: NT$30,000"),
    ("距離5公里。", "5 km"),
    ("面積30坪。", "30 ping"),
    ("3份文件。", "3張"),
    ("上午9時30分。", "9:30"),
    ("9:30開門。", "上午九時三十分"),
    ("為期20年。", "20 years"),
    ("最多兩次。", "at most twice"),
]


@pytest.mark.parametrize(("sentence", "source"), WRONG)
def test_a_number_with_another_unit_is_caught(sentence: str, source: str) -> None:
    """Days are no dollars, floors no house numbers, and the third of May is not the fifth of March."""
    assert unsupported_figures(sentence, [source]) != []


@pytest.mark.parametrize(("sentence", "source"), RIGHT)
def test_a_number_passes_with_its_unit_in_other_words(sentence: str, source: str) -> None:
    """The same unit by another name, in the other language, or none at all in a table, is no fault."""
    assert unsupported_figures(sentence, [source]) == []


def test_sentences_of_the_corpus_pass_among_their_neighbours() -> None:
    """No sentence that ships fails where the sentences around it stand in its source too."""
    failed = []
    for path in sorted(CORPUS.rglob("*.md")):
        text = path.read_text(encoding="utf-8")
        spans = split_sentences(text)
        for place, (start, end) in enumerate(spans):
            first, last = spans[max(0, place - NEIGHBOURS)], spans[min(len(spans) - 1, place + NEIGHBOURS)]
            if unsupported_figures(text[start:end], [text[first[0] : last[1]]]):
                failed.append(text[start:end])
    assert failed == []


@pytest.mark.parametrize(
    ("text", "number", "unit"),
    [("規費20元", "20", "money"), ("NT$20", "20", "money"), ("30至50人", "30", "person"), ("第3項", "3", "paragraph")],
)
def test_a_number_has_the_class_of_its_unit(text: str, number: str, unit: str) -> None:
    """Before it, after it, or at the end of its range."""
    folded = fold(text)
    start = folded.index(number)
    assert unit_of(folded, start, start + len(number)) == unit
