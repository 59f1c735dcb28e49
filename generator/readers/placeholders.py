"""Texts that only keep a place: 待定, 同上, 见附件, TBD, XXX. They count as not filled in.

无 is no placeholder: it states that there is none. A long text that merely contains such a word is none either.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import Final

_LONGEST: Final = 48
_MARK = re.compile(r"\s*〔待填[^〕]*〕\s*")
_WORDS: Final = (
    "待定|待补|待补充|待完善|待填|待填写|待确认|待确定|待核实|待核|待核对|待查|待商定|待商议|待商|待议|待提供|待续|待录入|待更新|待签订?"
    "|暂无|暂缺|暂定|暂空|暂未确定|暂未填写|暂不填写?|未定|未填|未填写|未确定|尚未确定|尚未填写|尚未明确|不详|未知"
    "|后补|另补|容后补充|稍后补充|稍后再填|随后补充|补充中|填写中|同上|同前|同左|同上行|同上表|略|从略|省略|另附|附后|见后|另行提供"
    # Small and capital letters alike only here: the whole would take twice as long to compile.
    "|(?i:tbd|tbc|tba|todo|tobe(?:determined|confirmed|added|filled)|fixme|placeholder|lorem ipsum.*|null|nil|undefined|nan)"
    "|空缺|占位|测试|填写|未聘任?|未聘请|未提供|暂无(?:资料|数据|信息|内容)|同(?:牵头|依托|承担|所在)单位|同(?:法定代表人|联系人|第.{1,2}[家项行个])"
    "|(?:尚|暂|还|仍)未(?:成立|设立|组建|聘任|聘请|任命|选举|指定|明确|落实|获批|取得|签订|签署|办理|注册|登记|启动|到位|提供|填报|选定|完成)"
    "|(?:另行|日后|以后|后续|届时|会后|到时候?|下一步)(?:再)?(?:确定|商定|约定|协商|补充|明确|通知|研究|填写?|定|补|议|报)|敬请期待"
    "|待(?!遇)\\S{0,6}(?:确认|确定|审定|研究|核实|补充|提供|审批|批复|选定|聘任|成立|明确|商定|通知|定)|(?:需|需要|须)(?:确认|核实|补充)"
    "|年月日|省市|\\(?(?:盖章|签字|签章)\\)?"
)
_REST: Final = (
    r"附[件表录][一二三四五六七八九十\d]{1,2}|(?:详|具体)?(?:参)?见(?:附[件表页录后]|营业执照|执照|合同|审计报告|说明|清单|名单|申[请报]书|原件|扫描件|正文|上表|上文|下表|协议|方案|章程|另表)\S{0,14}"
    r"|(?:例|例如|如|示例|样例|举例)[:：].{1,44}"
    r"|(?:请|此处|在此|这里)(?:在此处?|您|据实|如实|按实|根据实际情况)?(?:填写|填入|填|输入|录入|补充|写明|选择|插入).{0,40}"
    r"|点击(?:此处|这里).{0,40}|单击(?:此处|这里).{0,40}"
    # Ditto marks.
    r"|[〃々\"”″′']{1,2}|[?]+|[,;:!、。.，；：！]|某某|[\u4e00-\u9fff]{1,2}某某?|[.…。]{2,}|[_]{2,}|[#]{2,}|□{2,}|[*×xX○〇]{2,}"
)
_REMARK = r"(?:[(（][^()（）]{0,20}[)）])?"
_WHOLE = re.compile(rf"(?:{_WORDS}|{_REST}){_REMARK}")
# 张三（待定）: a name that is not settled may not stand in a signing edition.
_UNSETTLED = re.compile(
    r".{1,24}[(（](?:待定|暂定|待确认|待确定|待核实|待核|待聘|待补充?|拟定?|未定|示例|样例|举例|例|范例|样本|样表)[)）]"
)
_BRACKETED = re.compile(r"[\[(（【〔<《{「『](.*)[\])）】〕>》}」』]")
_ASKED = re.compile(r"(?:请|待|填|此处|例|输入|补充|选择).{0,44}")
# 张××, ××公司, 0371-XXXXXXX, ××××年×月: crosses where characters belong, and no Latin word around them.
_CROSSES = re.compile(r"[^A-Za-z]{0,6}(?:[xX]{2,}|[×*＊]{2,})[^a-wyzA-WYZ]{0,10}")


@cache
def _inside() -> re.Pattern[str]:
    """What stands in brackets; compiled when first needed, as it takes 10 ms and few data hold such texts."""
    return re.compile(rf"(?:{_WORDS}|{_REST})")


def is_placeholder(text: str) -> bool:
    """Whether a value only keeps a place."""
    if len(text) > _LONGEST:
        return False
    plain = "".join(unicodedata.normalize("NFKC", text).split())
    if not plain:
        return False
    if _MARK.fullmatch(text):
        return True
    plain = plain.rstrip("。.,，;；!！、") or plain
    if _WHOLE.fullmatch(plain) or _CROSSES.fullmatch(plain) or _UNSETTLED.fullmatch(plain):
        return True
    bracketed = _BRACKETED.fullmatch(plain)
    return bracketed is not None and bool(_inside().fullmatch(bracketed[1]) or _ASKED.fullmatch(bracketed[1]))


def is_own_mark(text: str) -> bool:
    """Whether it is the mark that this program prints in drafts, which needs no telling."""
    return _MARK.fullmatch(text) is not None
