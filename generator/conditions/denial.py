"""Names and short texts that seem to deny what they should name: 不设理事会, 尚未聘任, 新材料以外的领域.

A condition that looks for a name, or for some characters in it, would hold on these; no program knows what they
say, so a person reads them.
"""

from __future__ import annotations

import re
from typing import Final

_DONE: Final = "设|成立|组建|建|聘|任|指定|确定|明确|约定|选|推|落实|批|获|取得|签|办|注册|登记|启动|到位|有|曾|能|定|列|入|报|授|挂牌|运行"
# 无锡, 无线, 无人机: what begins so is a name or a branch of industry, unless 无 is said of a body or a person (无机构).
_NONE = (
    r"^(?:并|均|皆|都|全|目前|现|[本此该][项栏处])?无"
    r"(?:机构|人(?:选|员|担|推)|(?![锡为极棣机线损缝创菌水铅尘源障纺氧卤刷感轨人]|公害)|$)|无$|^[×xX○〇✕✗╳]$"
)
_DENIES = re.compile(
    r"不(?:再|另|单独|专门)?(?:设|成立|组建|聘|需|用|必|予|存在|适用|涉及|承担|属|是|含|包括|包含|确定|明确|约定|参加|参与|任命|指定|作|详|符合|具备|打算|准备|推荐|经|通过|走)"
    rf"|(?:未|尚待|有待|待)(?:{_DONE})|没(?:有|$)|{_NONE}|无(?:需|须|此|该|专门|固定|常设|具体|明确)|非(?:本|该|所列|上述|重点|独立)"
    r"|尚(?:未|待|无)|暂(?:不|未|无|缺|定|由|时)|拟(?:设|成立|组建|聘|建|任|由|推|定)|筹建|筹备|[（(](?:筹|拟|暂)[）)]"
    r"|以外|之外|除外|另行|日后|以后|后续|届时|空缺|缺位|撤销|取消|解散|注销|离任|离职|辞职|停办|停运|免(?:于|推荐|予|报)|自荐|直报|直接(?:申报|报送|上报|向)"
)


def denies(text: str) -> bool:
    """Whether a short text may say that there is none, or none yet, of what it should name."""
    return _DENIES.search("".join(text.split())) is not None
