"""The sheets of a programme's workbook: which item of ``programme.yaml`` stands in which column."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import Enum
from typing import Final

from msgspec import Struct

from generator.model.value_kinds import KINDS

BOOK: Final = "programme.xlsx"
KEY, SECOND, VALUE = "@key", "@second", "@value"
REST_SHEET: Final = "其他"


class Code(Enum):
    """How a cell's text stands for what the file has."""

    TEXT = "the text itself"
    LIST = "several texts"
    FLAG = "true or false as 是 or 否"
    CHOICE = "one of a few words, in Chinese"
    PATH = "a field's path"
    PATHS = "several paths, or names of figures"
    FIGURE = "a figure's name or a path"
    CRITERIA = "fields and what is wanted of them"


class Kind(Enum):
    """What a block's rows are."""

    PAIRS = "one item of the file each"
    LIST = "the items of a list"
    NESTED = "the items of a list inside the items of a list"
    MAP = "the entries of a map, each a group"
    TEXTS = "the entries of a map, each a text"
    LISTS = "the entries of maps in a map, each a list"


class Column(Struct, frozen=True):
    """One column, or one row of pairs.

    Attributes:
        key: the item's key in the file; dotted below a row's item, ``KEY``, ``SECOND`` and ``VALUE`` for a map's.
        title: what stands in its head.
        code: how its cells stand for what the file has.
        words: of a choice: the file's word by the cell's.
        below: of criteria: the column whose list's items they are about; empty where they are about the consortium.
        needed: a row without it is at fault.
        dated: a cell with a date is read as that day.
        open: of a choice: any other text is taken too, as it stands.
        width: in characters.
        help: what to write.
    """

    key: str
    title: str
    code: Code = Code.TEXT
    words: Mapping[str, str] | None = None
    below: str = ""
    needed: bool = False
    open: bool = False
    dated: bool = False
    width: int = 16
    help: str = ""


class Block(Struct, frozen=True):
    """One table of a sheet.

    Attributes:
        sheet: the sheet.
        title: what stands above it.
        path: where its items stand in the file; of a nested list the outer list's and its own key.
        kind: what its rows are.
        columns: its columns; of pairs, its rows.
        help: what it is for.
    """

    sheet: str
    title: str
    path: str
    kind: Kind
    columns: tuple[Column, ...]
    help: str = ""


def _choice(key: str, title: str, words: Mapping[str, str], **more: object) -> Column:
    return Column(key, title, Code.CHOICE, words, **more)  # type: ignore[arg-type]  # those of Column


OPERATION_TITLES: Final[Mapping[str, str]] = {
    "数几项": "count",
    "合计": "sum",
    "一个值": "value",
    "各项的值": "values",
    "字数": "length",
    "重复的有几个": "duplicates",
    "不在其中的有几个": "outside",
    "不同的有几个": "distinct",
    "填了没有": "given",
    "是不是同名": "same_name",
    "满几年": "years_between",
    "校验码不符的有几个": "bad_check_digits",
    "方案写明的": "programme",
}
# Their second path stands in a column of its own.
TWO_PATHS: Final = ("outside", "same_name", "years_between")
KIND_TITLES: Final[Mapping[str, str]] = {kind.title: name for name, kind in KINDS.items()}
LEVELS: Final[Mapping[str, str]] = {"必须": "must", "原则上": "in_principle", "鼓励": "preferred"}
_PARTIES: Final = {
    "牵头单位": "lead",
    "全部成员单位": "members",
    "推荐单位": "recommender",
    "主管部门": "authority",
}
_WHEN: Final = "什么情形才适用，如：申报路径 = 省属单位直接申报；组建期.组建期（年） ≥ 4"
_PAIRS: Final = (Column("", "项", width=22), Column("", "内容", width=70), Column("", "说明", width=50))

_SCHEME = Block(
    "方案",
    "方案",
    "",
    Kind.PAIRS,
    (
        Column("schema", "格式版本", needed=True, help="填 1"),
        Column("code", "方案代码", needed=True, help="省/方案，用小写字母、数字和连字符，与所在的文件夹一致"),
        Column("title", "全称", needed=True),
        Column("short_title", "简称", needed=True, help="对比表的表头"),
        Column("noun", "文件里怎样称呼", help="创新联合体（不填时）、联盟"),
        Column("authority", "主管部门", needed=True, help="全称"),
        Column("region", "地区", needed=True, help="省、自治区、直辖市全称"),
        Column("year", "表上印的年份"),
        Column("name_pattern", "名称格式", help="如 某某省{}创新联合体，{} 是各联合体自己的部分"),
        Column("source.title", "官方文件标题", needed=True),
        Column("source.number", "文号"),
        Column("source.issued", "印发日期", dated=True, help="如 2022-07-07"),
        Column("source.annexes", "附件标题", Code.LIST, help="一行一个"),
        Column("source.rebuilt", "模板怎样来的", help="用原件的不填"),
        Column("validity.start", "施行日期", dated=True),
        Column("validity.end", "有效期到", dated=True),
        Column("validity.note", "有效期说明"),
        _choice("signing_pages", "签章页", {"各方共用": "shared", "每方一页": "one-per-party"}),
        Column("effect.clause", "协议何时生效：条款"),
        Column("effect.quote", "协议何时生效：原文"),
        Column("effect.note", "协议何时生效：说明"),
        Column("amendment.clause", "成员变更：条款"),
        Column("amendment.quote", "成员变更：原文"),
        Column("amendment.note", "成员变更：说明"),
        _choice(
            "delegates.rule", "代理人签署", {"允许": "allowed", "须本人": "forbidden", "没有写明": "silent"}
        ),
        Column("delegates.clause", "代理人签署：条款"),
        Column("delegates.quote", "代理人签署：原文"),
        Column("delegates.note", "代理人签署：说明"),
        Column("delegates.condition", "代理人签署：判断它的条件编号"),
        Column("common_off", "不用的通用规则", Code.LIST, help="编号，如 team-employers；全部编号见方案格式"),
        Column("notes", "提醒申报单位的话", Code.LIST, help="一行一句，印在材料清单上"),
    ),
)
_DOCUMENTS = (
    Block(
        "文件",
        "文件",
        "documents",
        Kind.LIST,
        (
            Column("id", "编号", needed=True, help="小写字母，如 application"),
            _choice(
                "purpose",
                "用途",
                {"一般文件": "main", "协议": "agreement"},
                help="全体成员签字的协议写“协议”",
            ),
            Column("title", "标题", needed=True, width=40, help="附件上印的标题，也是文件名"),
            Column("template", "模板", needed=True, width=24, help="同一个文件夹里的 .docx"),
            _choice("filing", "报送方式", {"纸质报送": "paper", "录入底稿": "entry-draft"}),
            Column("self_drafted", "自拟格式", Code.FLAG, width=10),
            _choice("for_each", "每家一份", {"每家成员单位": "members[]"}, width=14),
            Column("where", "哪几家", Code.CRITERIA, below="for_each", width=30),
            Column("when", "适用情形", Code.CRITERIA, width=34, help=_WHEN),
            Column("copies", "份数", width=8),
            Column("rollup.rows_per_page", "汇总表一页几行", width=10),
            Column("note", "说明", width=40),
        ),
        "要交的文件，按装订次序",
    ),
    Block(
        "文件",
        "各种文本",
        "documents.variants",
        Kind.NESTED,
        (
            Column(KEY, "文件编号", needed=True),
            Column("template", "模板", needed=True, width=24),
            Column("when", "适用情形", Code.CRITERIA, needed=True, width=40, help="如：联合体形式 = 实体型"),
        ),
        "同一文件有几种文本的，写明什么情形用哪一种",
    ),
)
_COVERS = Block(
    "文件",
    "正本和副本",
    "documents.covers",
    Kind.NESTED,
    (
        Column(KEY, "文件编号", needed=True),
        Column("word", "封面上的字", needed=True, help="如 正本、副本"),
        Column("copies", "份数", width=8),
    ),
    "封面要分别印“正本”“副本”的文件，每种一行；模板里是 {{ document.cover }}",
)
_SIGNATORIES = Block(
    "签章",
    "签章",
    "documents.signatories",
    Kind.NESTED,
    (
        Column(KEY, "文件编号", needed=True),
        Column("role", "签署处", needed=True, help="模板里的书签 sign.签署处"),
        Column(
            "party",
            "谁",
            Code.CHOICE,
            _PARTIES,
            needed=True,
            open=True,
            help="牵头单位、全部成员单位、推荐单位、主管部门，或“其他签署方”的编号",
        ),
        Column("title", "旁边印的字", needed=True, width=30),
        Column("seal", "盖章", Code.FLAG, width=8, help="不填时盖"),
        Column("signer", "由谁签字", help="只盖章的不填"),
        Column("dated", "有日期", Code.FLAG, width=8, help="不填时有手写日期的空白"),
    ),
    "谁在哪份文件的哪里签字盖章",
)
_PARTIES_TABLE = Block(
    "签章",
    "其他签署方",
    "parties",
    Kind.LIST,
    (
        Column("id", "编号", needed=True, help="小写字母，填在上表的“谁”里，如 finance"),
        Column("title", "是谁", needed=True, help="如 行业主管部门、首席科学家"),
        Column("name", "全称", width=30, help="各联合体都一样的写全称"),
        Column("field", "取自字段", Code.PATH, width=30, help="因联合体而异的写字段，如 首席科学家.姓名"),
        _choice(
            "stage",
            "什么时候签",
            {"与申报单位一起": "ours", "报送前签意见": "opinion", "报送后审批": "decision"},
            help="不填是“报送前签意见”",
        ),
        Column("when", "适用情形", Code.CRITERIA, width=34, help=_WHEN),
    ),
    "上面四种以外的签署方：第二个推荐单位或主管部门、由某个职务的人签字",
)
_FIELDS = (
    Block(
        "字段",
        "本方案的字段",
        "fields",
        Kind.LIST,
        (
            Column("path", "路径", needed=True, width=32, help="英文名，如 members[].fax；列表后面写 []"),
            Column("title", "名称", needed=True, width=24),
            _choice("kind", "种类", KIND_TITLES, help="一组字段或列表本身不填"),
            Column("unit", "单位", width=8),
            Column("options", "选项", Code.LIST, width=30, help="用顿号分开，或一行一个"),
            Column("aliases", "别名", Code.LIST),
            Column("help", "填写说明", width=40),
            Column("example", "示例"),
            _choice(
                "reads",
                "是什么文字",
                {"名称": "name", "省份": "province", "电话": "phone", "电子邮箱": "mail"},
            ),
            Column("min", "最小", width=10),
            Column("max", "最大", width=10),
        ),
        "通用字段里有的不用再声明（见数据格式）",
    ),
    Block(
        "字段",
        "与通用名称不同的叫法",
        "labels",
        Kind.TEXTS,
        (
            Column(KEY, "字段", Code.PATH, needed=True, width=32),
            Column(VALUE, "本方案的叫法", needed=True, width=24),
        ),
    ),
    Block(
        "字段",
        "选项的别的叫法",
        "synonyms",
        Kind.LISTS,
        (
            Column(KEY, "字段", Code.PATH, needed=True, width=32),
            Column(SECOND, "选项", needed=True, width=24),
            Column(VALUE, "别的叫法", Code.LIST, needed=True),
        ),
    ),
)
_FIGURES = Block(
    "算法",
    "算法",
    "figures",
    Kind.MAP,
    (
        Column(KEY, "编号", needed=True, width=20, help="小写字母、数字、下划线"),
        Column("title", "标题", width=28, help="消息和报告里的叫法"),
        _choice("operation", "算法", OPERATION_TITLES, needed=True),
        Column("arguments", "看什么", Code.PATHS, needed=True, width=36),
        Column("other", "与什么比", Code.PATH, width=28),
        Column("where", "只看哪些", Code.CRITERIA, below="arguments", width=44),
        Column("last", "最近几年", width=8),
        Column("unit", "单位", width=8),
    ),
    "条件要用的数；条件表里“数什么”能直接写的，不用在这里声明",
)
_CONDITIONS = Block(
    "条件",
    "条件",
    "conditions",
    Kind.LIST,
    (
        Column("id", "编号", needed=True, width=20),
        Column("title", "标题", needed=True, width=30),
        Column("counts", "数什么", Code.FIGURE, width=24, help="列表数有几项，数取它的值，或写算法"),
        Column(
            "who", "谁", Code.CRITERIA, below="counts", width=34, help="如：单位性质 = 高等学校 或 科研院所"
        ),
        Column(
            "at_least", "至少", dated=True, width=12, help="数、金额（2000万元）或日期（2023-09-30），含本数"
        ),
        Column("at_most", "至多", dated=True, width=12),
        Column("share", "占比", width=10, help="如 ≥50%、>50%、≤30%"),
        Column("share_of", "占谁的", Code.FIGURE, width=20, help="不填的是同一个列表的全部"),
        Column("when", "适用情形", Code.CRITERIA, width=34, help=_WHEN),
        _choice("level", "级别", LEVELS, width=10, help="不填时是“必须”"),
        Column("clause", "条款", needed=True),
        Column("quote", "原文", width=50, help="一字不差"),
        Column("pass", "符合时的话", width=34),
        Column("fail", "不符合时的话", width=34),
        Column("remedy", "提示", width=34, help="怎样才能符合"),
        Column("judge", "请人看什么", width=40, help="数据判断不了的写在这里"),
        Column("needs", "用到的算法和字段", Code.PATHS, width=30, help="写表达式的条件填"),
        Column("test", "表达式", width=44, help="上面几栏写不出来的条件，用 CEL 写"),
        _choice("counted", "数不数牵头单位", {"两种都算": "both", "计入": "all"}, width=12),
        _choice("when_missing", "缺数据时", {"不出结论": "skip", "判为缺数据": "unknown"}, width=12),
        Column("field", "指向的字段", Code.PATH, width=22),
        Column("note", "备注", width=30, help="只给维护的人看"),
    ),
    "逐条写官方文件的要求，一条不漏：一行是一句话",
)
_LIMITS = Block(
    "字数",
    "字数",
    "limits",
    Kind.LIST,
    (
        Column("path", "哪一项", Code.PATH, needed=True, width=36),
        Column("together", "合计在一起的", Code.LIST, width=24),
        Column("max", "不超过", width=10),
        Column("min", "不少于", width=10),
        Column("clause", "条款", needed=True),
        Column("quote", "原文", width=50),
        _choice("level", "级别", LEVELS, width=10),
    ),
)
_ATTACHMENTS = Block(
    "附件",
    "附件",
    "attachments",
    Kind.LIST,
    (
        Column("id", "编号", needed=True),
        Column("title", "名称", needed=True, width=40),
        _choice("purpose", "用途", {"授权委托书": "letter"}),
        _choice(
            "document",
            "由程序生成",
            {"承诺书": "pledge", "推荐函": "recommendation-letter", "单位公函": "cover-letter"},
            help="公用文书中的这一种，申报单位没有附文件时生成",
        ),
        Column("required", "必附", Code.FLAG, width=8, help="不填时必附"),
        Column("per_member", "每家一份", Code.FLAG, width=10),
        Column("when", "适用情形", Code.CRITERIA, width=34, help=_WHEN),
        Column("clause", "条款"),
        Column("note", "说明", width=40),
    ),
    "按报送次序",
)
_FILING = (
    Block(
        "报送",
        "份数和渠道",
        "",
        Kind.PAIRS,
        (
            Column("copies.total", "一式几份"),
            Column("copies.holders", "各由谁存", Code.LIST, help="一行一个"),
            Column("copies.clause", "份数：条款"),
            Column("copies.note", "份数：说明"),
            Column("channel.system", "网上填报系统"),
            Column("channel.note", "怎样报"),
            Column("channel.clause", "渠道：条款"),
            Column("upload.portal", "上传：平台"),
            Column(
                "upload.name", "上传：文件名", help="如 {序号}-{标题}；可用 {序号} {标题} {联合体} {牵头单位}"
            ),
            _choice(
                "upload.merge",
                "上传：合并",
                {"分开": "separate", "按类合并": "by-kind", "全部合并": "all"},
            ),
            Column("upload.max_megabytes", "上传：一个文件最大（MB）"),
            Column("upload.formats", "上传：格式", Code.LIST, help="pdf、docx"),
        ),
    ),
    Block(
        "报送",
        "上传的文件",
        "upload.files",
        Kind.LIST,
        (
            Column(
                "of", "里面有什么", Code.LIST, needed=True, width=30, help="文件编号、attachments.附件编号"
            ),
            Column("title", "标题", width=44),
            Column("name", "文件名", width=24),
            Column("each", "每件一个文件", Code.FLAG, width=12),
        ),
        "逐个写明有哪些文件的才填，代替“上传：合并”",
    ),
    Block(
        "报送",
        "申报路径",
        "routes",
        Kind.LIST,
        (
            Column("name", "名称", needed=True, width=30),
            Column("through", "依次经过谁", Code.LIST, needed=True, width=44, help="一行一个"),
            Column("recommender", "有推荐单位", Code.FLAG, width=10, help="不填时有"),
            Column("note", "说明", width=40),
        ),
    ),
    Block(
        "报送",
        "时限",
        "deadlines",
        Kind.LIST,
        (
            Column("what", "办什么", needed=True, width=44),
            Column("when", "什么时候", needed=True, width=24),
            Column("date", "日期", dated=True, width=12, help="条件要用的填，如 2030-09-30"),
            Column("clause", "条款"),
        ),
    ),
)
_SUMMARY = (
    Block(
        "汇总",
        "汇总表的列",
        "summary.columns",
        Kind.LIST,
        (
            Column("title", "表头", width=28, help="不填的用算法、字段的名称"),
            Column(
                "value", "内容", Code.FIGURE, needed=True, width=36, help="算法、字段，或列表（数有几项）"
            ),
            Column("of", "占谁的", Code.FIGURE, width=28, help="填了的印占比"),
            Column("unit", "单位", width=10, help="金额换一个单位，如 亿元"),
            Column("total", "合计", Code.FLAG, width=8, help="不填时：计数、合计和金额要合计"),
            Column("group", "分组计数", Code.FLAG, width=10, help="不填时：选项和是非题按值数各有几家"),
        ),
        "主管部门汇总许多申报单位用的列；都不填的，用程序的一套",
    ),
    Block(
        "汇总",
        "自己的汇总表",
        "",
        Kind.PAIRS,
        (
            Column(
                "summary.workbook",
                "工作簿",
                help="同一个文件夹里的 .xlsx：表头下面一行写标签，各家照这一行填",
            ),
        ),
    ),
)
_DEFECTS = Block(
    "瑕疵",
    "官方文本自身的错漏",
    "source.defects",
    Kind.LIST,
    (
        Column("where", "在哪里", needed=True, width=24),
        Column("text", "原文", needed=True, width=44),
        Column("note", "错在哪里、怎样处理", needed=True, width=50),
    ),
)
_REST = Block(
    REST_SHEET,
    "别的各项",
    "",
    Kind.TEXTS,
    (Column(KEY, "项", needed=True, width=40), Column(VALUE, "内容", needed=True, width=60)),
    "别的工作表里没有位置的项，一般不用填",
)
BLOCKS: Final = (
    _SCHEME,
    *_DOCUMENTS,
    _COVERS,
    _SIGNATORIES,
    _PARTIES_TABLE,
    *_FIELDS,
    _FIGURES,
    _CONDITIONS,
    _LIMITS,
    _ATTACHMENTS,
    *_FILING,
    *_SUMMARY,
    _DEFECTS,
    _REST,
)


def pair_heads() -> tuple[Column, ...]:
    """The columns of a block of pairs."""
    return _PAIRS


def column_title(path: str) -> str:
    """What the workbook calls an item of the file, as ``“条件”的“级别”``; empty where it has no column."""
    plain = re.sub(r"\[\d+\]", "", path)
    for block in BLOCKS[:-1]:
        for column in block.columns:
            inside = plain.removeprefix(f"{block.path}.") if block.path else plain
            if block.kind is Kind.MAP and "." in inside:
                inside = inside.partition(".")[2]
            at_home = not block.path or plain.startswith(f"{block.path}.")
            if at_home and (inside == column.key or inside.startswith(f"{column.key}.")):
                return f"{block.title}”的“{column.title}"
    return ""
