"""The neutral model of an innovation consortium (创新联合体, 产业技术创新战略联盟), for every programme.

Nothing but the name is required to load; a value that was not given is None, an empty list was given on
purpose. Each field's Chinese title is declared here once. A programme's own fields are added by
``generator.model.fields.extend``.
"""

from __future__ import annotations

from typing import Annotated, Any, Final

from generator.model.fields import Bounds, Part, field
from generator.model.value_kinds import (
    Choice,
    Count,
    CreditCode,
    Date,
    Flag,
    LongText,
    Money,
    Share,
    Text,
    Year,
)

Line = Annotated[str, Text()]
Paragraphs = Annotated[str, LongText()]
People = Annotated[Any, Count(unit="人")]
TenThousands = Annotated[Any, Money(unit="万元")]
Percentage = Annotated[Any, Share()]
Yes = Annotated[bool, Flag()]
YesIfSaid = Annotated[bool, Flag(blank_is_no=True)]
Day = Annotated[Any, Date()]
CalendarYear = Annotated[int, Year()]

LEAD: Final = "牵头单位"
MEMBER: Final = "成员单位"
# What paths and templates call members by their role: the first lead, all leads, all that are not leads.
FIRST_LEAD: Final = "lead"
LEADS: Final = "leads"
OTHERS: Final = "others"
BY_ROLE_LISTS: Final = (LEADS, OTHERS)
BY_ROLE: Final = (FIRST_LEAD, *BY_ROLE_LISTS)
ENTERPRISE: Final = "企业"
UNIVERSITY: Final = "高等学校"
INSTITUTE: Final = "科研院所"
OTHER: Final = "其他"
MET: Final = "符合"
NOT_MET: Final = "不符合"
# What is about one programme, as a list whose items name its conditions: it belongs to that programme's filing.
OF_A_FILING: Final = frozenset({"accepted", "judged", "scheme_version"})

Role = Annotated[str, Choice(options=(LEAD, MEMBER))]
SHARED_PAGES, OWN_PAGES = "共用", "每方一页"
MARKDOWN: Final = "markdown"
TextFormat = Annotated[str, Choice(options=("纯文本", MARKDOWN))]
DUPLEX, SIMPLEX = "双面", "单面"
Sides = Annotated[str, Choice(options=(DUPLEX, SIMPLEX))]
PLEDGE, RECOMMENDATION, COVER_LETTER = "承诺书", "推荐函", "单位公函"
OurDocument = Annotated[str, Choice(options=(PLEDGE, RECOMMENDATION, COVER_LETTER))]
SigningPages = Annotated[str, Choice(options=(SHARED_PAGES, OWN_PAGES))]
OrganisationKind = Annotated[str, Choice(options=(ENTERPRISE, UNIVERSITY, INSTITUTE, OTHER))]
Tier = Annotated[str, Choice(options=(LEAD, "核心层单位", "紧密合作单位", "一般协作层单位"))]
ChainPlace = Annotated[str, Choice(options=("上游", "中游", "下游", "无"))]
PlatformLevel = Annotated[str, Choice(options=("国家级", "省部级", "市级", "其他"))]
PlatformStatus = Annotated[str, Choice(options=("已建成运行", "在建", "已停止运行"))]
ProjectLevel = Annotated[str, Choice(options=("国家级", "省部级", "其他"))]


class Passage(Part):
    """A text of paragraphs: written in place, read from a text or Word file, or a named model clause.

    A bare text in a data file is the same as ``{text: …}``. With ``format: markdown``, and from a Word file, the
    text is a ``RichText``.
    """

    text: Paragraphs | None = field("正文")
    file: Line | None = field("文件", help="相对于数据文件的 .txt、.md 文本文件（UTF-8）或 .docx 文件")
    variant: Line | None = field("范本", help="参考条款的名称")
    format: TextFormat | None = field(
        "格式",
        help="正文里有图片、表格、列表、加粗、上下标的填 markdown；不填是纯文本，照字面印",
        example=MARKDOWN,
    )


class Contact(Part):
    """A person to write to or call."""

    name: Line | None = field("姓名", aliases=("联系人",), reads="name")
    title: Line | None = field("职务")
    phone: Line | None = field("电话", aliases=("联系电话", "联系方式"), reads="phone")
    mobile: Line | None = field("手机", aliases=("手机号码",), reads="phone")
    fax: Line | None = field("传真")
    email: Line | None = field("电子邮箱", aliases=("email", "邮箱", "E-mail"), reads="mail")


class Delegate(Part):
    """Who signs for a party instead of its legal representative, by a 授权委托书."""

    name: Line | None = field("姓名", aliases=("代理人",), reads="name")
    title: Line | None = field("职务")
    id_number: Line | None = field("身份证件号码")
    matter: Paragraphs | None = field("委托事项")
    powers: Paragraphs | None = field("代理权限")
    term: Line | None = field("委托期限")


class Account(Part):
    """One accounting year of an organisation."""

    year: CalendarYear | None = field(
        "年度", aliases=("年份",), example="2025", bounds=Bounds(usual_least=1990, past=True)
    )
    sales: TenThousands | None = field(
        "销售收入", aliases=("营业收入", "主营业务收入"), example="12000.00", help="单位：万元"
    )
    rd: TenThousands | None = field(
        "研发投入", aliases=("研发费用", "研究开发费用"), example="600.00", help="单位：万元"
    )


class Member(Part):
    """An organisation of the consortium, the lead included."""

    @property
    def is_lead(self) -> bool:
        """Whether its role is 牵头单位; one whose role is not given is none."""
        return self.role == LEAD

    role: Role | None = field("角色", help="牵头单位或成员单位", example=MEMBER)
    name: Line | None = field(
        "单位名称", aliases=("名称",), help="与营业执照或法人证书一致的全称", reads="name"
    )
    credit_code: Annotated[Any, CreditCode()] | None = field("统一社会信用代码", aliases=("信用代码",))
    kind: OrganisationKind | None = field("单位性质", aliases=("单位类型",), example=ENTERPRISE)
    tier: Tier | None = field("合作层次", aliases=("层次",), example="核心层单位")
    chain: ChainPlace | None = field(
        "产业链位置", aliases=("上中下游",), help="企业填写，其他单位填“无”", example="中游"
    )
    province: Line | None = field(
        "注册地（省）", aliases=("注册省份", "省份"), help="省、自治区、直辖市全称", reads="province"
    )
    city: Line | None = field("注册地（市）", aliases=("注册城市", "城市"), reads="name")
    stationed: tuple[Line, ...] | None = field(
        "驻地（省）",
        help="除注册地外设有常驻机构的省、自治区、直辖市，没有的填“无”",
        reads="province",
    )
    abroad: YesIfSaid | None = field("境外单位", help="注册在境外的单位填“是”")
    address: Line | None = field("住所地", aliases=("地址", "通讯地址"))
    legal_representative: Line | None = field("法定代表人", reads="name")
    delegate: Delegate | None = field("签约代理人", aliases=("授权代表",))
    contact: Contact | None = field("单位联系人", aliases=("联系人",))
    high_tech: Yes | None = field("高新技术企业", aliases=("高企",), help="企业填写")
    above_scale: Yes | None = field("规模以上企业", aliases=("规上企业",), help="企业填写")
    lead_share: Percentage | None = field(
        "牵头单位持股比例", help="牵头单位直接和间接持有本单位股份的比例，没有的填 0", example="0"
    )
    controlled_by_lead: Yes | None = field("受牵头单位控制", help="是牵头单位的子公司（控股公司）的填“是”")
    position: Paragraphs | None = field("行业地位", aliases=("在行业（或领域）中的地位",))
    task: Paragraphs | None = field("任务分工", aliases=("联合体内任务分工", "分工"))
    contribution: Paragraphs | None = field("投入与贡献", aliases=("投入",))
    cooperation: Paragraphs | None = field("合作基础", help="与牵头单位已有的合作")
    accounts: tuple[Account, ...] | None = field("年度财务数据", aliases=("财务数据",))
    staff: People | None = field("职工总数", bounds=Bounds(usual_least=1, usual_most=500_000))
    rd_staff: People | None = field(
        "专职研发人员数", aliases=("研发人员",), bounds=Bounds(usual_most=100_000)
    )
    honours: tuple[Line, ...] | None = field(
        "资质称号",
        aliases=("称号",),
        help="如创新龙头企业、制造业单项冠军；没有的填“无”",
        reads="name",
    )


class ChiefScientist(Part):
    """The chief scientist (首席科学家, in some schemes 首席专家)."""

    name: Line | None = field("姓名", reads="name")
    title: Line | None = field("职称/职务", aliases=("职务/职称", "职称", "职务"))
    employer: Line | None = field("工作单位", reads="name")
    specialty: Line | None = field("从事专业")
    resume: Paragraphs | None = field("科研简历", help="含取得的代表性科研成果、学术任职等")


class TeamMember(Part):
    """A person of the research team."""

    name: Line | None = field("姓名", reads="name")
    age: Annotated[Any, Count(unit="岁")] | None = field(
        "年龄", bounds=Bounds(least=14, most=120, usual_least=18, usual_most=85)
    )
    title: Line | None = field("职务/职称", aliases=("职称/职务", "职称", "职务"))
    specialty: Line | None = field("从事专业")
    employer: Line | None = field("工作单位", reads="name")


class Platform(Part):
    """An innovation platform of a member."""

    name: Line | None = field("平台名称", reads="name")
    level: PlatformLevel | None = field("级别", aliases=("国家/省级",), example="国家级")
    discipline: Line | None = field("学科/产业领域", aliases=("领域",))
    in_field: Yes | None = field("属于本产业领域", help="平台的领域属于联合体产业领域的填“是”")
    status: PlatformStatus | None = field("状态", example="已建成运行")
    established: Line | None = field("建设时间", aliases=("批准时间",), example="2019年5月")
    host: Line | None = field("依托单位", help="成员单位的全称", reads="name")


class Project(Part):
    """A science and technology project that members have undertaken."""

    name: Line | None = field("项目名称", reads="name")
    discipline: Line | None = field("产业领域")
    level: ProjectLevel | None = field("级别", aliases=("级别（国家级/省级）",), example="省部级")
    period: Line | None = field("实施期", example="2023年1月至2025年12月")
    undertaker: Line | None = field("承担单位", reads="name")
    fiscal_funds: TenThousands | None = field("财政支持经费", help="单位：万元")


class Goals(Part):
    """The consortium's technical goals."""

    text: Paragraphs | None = field("技术创新目标", aliases=("总体目标",))
    near: Paragraphs | None = field("近期目标")
    far: Paragraphs | None = field("远期目标")


class Body(Part):
    """An organ of the consortium."""

    name: Line | None = field("机构名称", example="理事会", reads="name")
    composition: Paragraphs | None = field("人员组成与产生办法", aliases=("人员组成",))
    size: People | None = field("人数", bounds=Bounds(usual_least=1, usual_most=500))
    duties: Paragraphs | None = field("职责", aliases=("职责与工作制度",))
    permanent: Yes | None = field("常设机构", help="执行机构填写")
    host: Line | None = field("依托单位", reads="name")
    staff: People | None = field("工作人员数", help="执行机构填写", bounds=Bounds(usual_most=500))
    full_time_staff: People | None = field("专职人员数", help="执行机构填写", bounds=Bounds(usual_most=500))


class Bodies(Part):
    """The organs that the schemes ask for."""

    decision: Body | None = field("决策机构")
    advisory: Body | None = field("咨询机构")
    executive: Body | None = field("执行机构")
    liability: Paragraphs | None = field("对外责任主体", help="对外承担责任的单位及其授权范围")


class FundSource(Part):
    """Money that goes in: one source of one year."""

    year: CalendarYear | None = field("年度")
    source: (
        Annotated[str, Choice(options=("牵头单位自筹", "成员单位自筹", "财政资金", "银行贷款", "其他"))]
        | None
    ) = field("来源")
    party: Line | None = field("出资单位", reads="name")
    amount: TenThousands | None = field("金额", help="单位：万元")


class FundUse(Part):
    """Money that goes out: one purpose."""

    purpose: Line | None = field("用途")
    amount: TenThousands | None = field("金额", help="单位：万元")


class Funds(Part):
    """The consortium's money."""

    sources: tuple[FundSource, ...] | None = field("经费来源")
    uses: tuple[FundUse, ...] | None = field("经费用途")
    manager: Line | None = field("经费管理单位", reads="name")
    rules: Paragraphs | None = field("经费管理办法", help="名称和要点")
    supervision: Paragraphs | None = field("内部监督机制")


class Term(Part):
    """How long the consortium is set up for."""

    years: Annotated[Any, Count(unit="年")] | None = field(
        "组建期（年）", aliases=("年数",), example="3", bounds=Bounds(least=1, most=99, usual_most=10)
    )
    start: Day | None = field("开始日期")
    end: Day | None = field("结束日期")


class Agreement(Part):
    """The agreement among the members."""

    effective_date: Day | None = field("协议生效时间", aliases=("协议生效日期",))
    signing_place: Line | None = field("签订地点")
    copies: Annotated[Any, Count(unit="份")] | None = field(
        "协议份数", bounds=Bounds(least=1, usual_least=2, usual_most=500)
    )
    signing_pages: SigningPages | None = field(
        "签章页",
        help="共用：一页六方；每方一页：各方可以同时签署，单面打印，签完装订在正文后面；不填按方案的规定",
    )
    signing_deadline: Day | None = field(
        "签署截止日期", help="印在签署指引、通知单和回执上；不填的按协议生效时间", aliases=("最后签署日期",)
    )
    arbitration: Line | None = field(
        "仲裁委员会", aliases=("仲裁机构",), help="约定仲裁的填写准确名称", reads="name"
    )
    court: Line | None = field("管辖法院", help="约定诉讼的填写，应与争议有实际联系", reads="name")
    clauses: dict[str, Passage] | None = field("协议条款", help="按条款编号填写正文")


class Printing(Part):
    """How the print copy is printed."""

    sides: Sides | None = field(
        "单双面", help="双面（默认）：每份文件和印着“—1—”的页从正面起，空白的背面已补好"
    )
    front: Yes | None = field("封面和目录", help="默认印：全套的封面和目录，排在最前面")
    dividers: Yes | None = field("分隔页", help="默认不印：每份文件和附件前面一张，印着它的名称")
    running_numbers: Yes | None = field(
        "本套页码", help="默认只印在附件上：填“是”，官方文件的页边也印“本套第几页”"
    )
    page_codes: Yes | None = field(
        "页边码",
        help="默认不印：填“是”，每页的页边印一个小二维码（本程序加的，不是官方表格的），收回时认页用",
    )


class Plan(Part):
    """The construction plan."""

    sections: dict[str, Passage] | None = field("方案章节", help="按章节编号填写正文")


class Accepted(Part):
    """A failed condition that the applicant accepts, with the reason to be put on record."""

    rule: Line | None = field(
        "条件", aliases=("条件编号", "规则"), help="条件的标题，照核对结果写；也可以写编号"
    )
    reason: Line | None = field("理由")


class Judged(Part):
    """What a person found who looked at a condition that the program leaves to a person."""

    rule: Line | None = field(
        "条件", aliases=("条件编号", "规则"), help="条件的标题，照核对结果写；也可以写编号"
    )
    result: Annotated[str, Choice(options=(MET, NOT_MET))] | None = field("结论", example=MET)
    date: Day | None = field("日期", example="2026-03-01")
    name: Line | None = field("判断人", aliases=("姓名",), reads="name")
    note: Line | None = field("说明", help="依据了什么；不符合的写明缺什么")


class Uploading(Part):
    """The files that a web system of the applicant's own takes."""

    portal: Line | None = field("平台", aliases=("申报平台", "系统"), help="要上传到哪个系统")
    file_name: Line | None = field(
        "文件名", help="可用 {序号}、{标题}、{联合体}、{牵头单位}", example="{序号}-{标题}"
    )
    merge: Annotated[str, Choice(options=("分开", "按类合并", "全部合并"))] | None = field(
        "合并", help="按类合并：申报文件一个，附件一个", example="分开"
    )
    max_megabytes: Annotated[Any, Count(unit="MB")] | None = field(
        "单个文件上限", help="超过的，缩小其中的图片", example="20", bounds=Bounds(least=1, most=2000)
    )
    formats: tuple[Annotated[str, Choice(options=("PDF", "Word"))], ...] | None = field("格式", example="PDF")


class Consortium(Part):
    """One consortium as one programme sees it: the base data with that programme's overrides."""

    name: Line = field("联合体名称", aliases=("联盟名称", "创新联合体名称"), required=True, reads="name")
    industry: Line | None = field("产业领域", aliases=("所属领域",), reads="name")
    filing_date: Day | None = field("填报日期")
    route: Line | None = field("申报路径", reads="name")
    recommender: Line | None = field("推荐单位", reads="name")
    contact: Contact | None = field("联系人")
    term: Term | None = field("组建期")
    members: tuple[Member, ...] | None = field("成员单位", aliases=("成员",))
    chief_scientist: ChiefScientist | None = field("首席科学家", aliases=("首席专家", "首席专家（科学家）"))
    team: tuple[TeamMember, ...] | None = field("科研团队")
    platforms: tuple[Platform, ...] | None = field("创新平台")
    projects: tuple[Project, ...] | None = field("科技计划项目")
    goals: Goals | None = field("目标")
    cooperation: Paragraphs | None = field(
        "合作基础与实效", help="已具备的合作基础、联合开展的研发项目、活动和取得的实效"
    )
    bodies: Bodies | None = field("组织机构")
    funds: Funds | None = field("经费")
    agreement: Agreement | None = field("组建协议")
    plan: Plan | None = field("建设方案")
    printing: Printing | None = field("打印")
    upload: Uploading | None = field("上传要求")
    letters: tuple[OurDocument, ...] | None = field(
        "随附文书",
        help="要由程序生成的：承诺书（各成员单位一份）、推荐函（推荐单位出）、单位公函（牵头单位出）；文本由程序提供，有规定格式的用规定的",
        example=PLEDGE,
    )
    attachments: dict[str, tuple[Line, ...]] | None = field("附件", help="按清单编号列出文件")
    accepted: tuple[Accepted, ...] | None = field("接受的不符合项")
    judged: tuple[Judged, ...] | None = field("人工判断")
    scheme_version: Annotated[Any, Count(unit="版")] | None = field(
        "方案版本",
        help="按方案安装包的第几版填写和核对的；装了另一版时提醒",
        example="2",
        bounds=Bounds(least=1, most=1_000_000),
    )

    def by_role(self, name: str) -> tuple[tuple[int, Member], ...]:
        """The members that ``lead``, ``leads`` or ``others`` stands for, each with its number from 0, in order."""
        wanted = name != OTHERS
        return tuple((at, one) for at, one in enumerate(self.members or ()) if one.is_lead is wanted)

    @property
    def leads(self) -> tuple[Member, ...]:
        """The members whose role is 牵头单位, in order."""
        return tuple(member for _, member in self.by_role(LEADS))

    @property
    def others(self) -> tuple[Member, ...]:
        """The members that are not leads, in order."""
        return tuple(member for _, member in self.by_role(OTHERS))

    @property
    def lead(self) -> Member | None:
        """The first lead, if there is one."""
        return next(iter(self.leads), None)
