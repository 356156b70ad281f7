"""Captions of figures and of parts of pages: what is shown, how much of it, and the rule behind it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from reports.sentences.formats import Format
from reports.sentences.sentence import Declared, Name, Row, Sentence, count, field, join, say, setting

if TYPE_CHECKING:
    from survey.collect.monitoring.monitor import Live
    from survey.study.plans.rectification import Entry
    from survey.study.plans.rollout import RollOut


def moved(label: str, before: str, after: str) -> Sentence:
    """Describe the figure of changes by district."""
    from analysis.decisions.waves.change import FALSE_ALARMS  # every command imports this module

    return say(
        "{label}：{after} 减 {before}，百分点；“最小”是这次看得出的最小变化；多个区县一起比，错判不超过 {rate}",
        label=Name(label),
        after=Name(after),
        before=Name(before),
        rate=setting("FALSE_ALARMS", FALSE_ALARMS, Format.TARGET),
    )


def model_streets(shown: Iterable[object]) -> Sentence:
    """Describe the figure of model estimates of streets."""
    words = "最低的 {n} 个街道，模型估计：答卷少的街道向相似街道靠拢，合计与全市一致"
    return say(words, n=count(shown, "streets shown"))


def concerned(lacking: str, shown: Sequence[object], every: Sequence[object]) -> Sentence:
    """Describe the figure of residents concerned by group."""
    some = say("（前 {n} 组）", n=count(shown, "groups shown")) if len(shown) < len(every) else Sentence()
    return say("估计{lacking}的居民人数{some}，区间大说明答卷少", lacking=Name(lacking), some=some)


def limit(chosen: object, *, money: bool) -> Sentence:
    """Return the limit of a campaign as the name of its box.

    Args:
        chosen: from `reports.plans.campaign.Limit`.
        money: whether the budget is limited, or else the number of activities.
    """
    if not money:
        return say("宣传 {n} 次", n=field(chosen, "activities", Format.COUNT))
    return say("预算 {sum} 元", sum=field(chosen, "budget", Format.COUNT))


def prices(examples: int, unpriced: int) -> Sentence:
    """Return the heading of the prices of channels."""
    numbers = {"examples": setting("channels with example prices", examples)}
    first = say("渠道单价和触达（{examples} 种渠道用的是示例数字，请按本地情况改）", **numbers)
    more = say("；{n} 种没有单价，填写并勾选后才能安排", n=setting("channels without a price", unpriced))
    return (first if examples else say("渠道单价和触达（本地数字）")) + (more if unpriced else Sentence())


def first_plan(assumed: Sentence) -> Sentence:
    """Explain the sample plan of a study without answers.

    Args:
        assumed: from `reports.sentences.sampling.assumed`.
    """
    return say(
        "还没有答卷：下面只用抽样框和假定来设计第一轮（{assumed}，都可以改）。"
        "拿不准就把比例填 {rate}、ICC 填 {icc}，这样算出的份数偏保守；有了答卷以后自动改用实际结果。",
        assumed=assumed,
        rate=setting("cautious rate", 0.5, Format.TARGET),
        icc=setting("cautious icc", 0.1, Format.DECIMAL),
    )


def assumed_plan(assumed: Sentence) -> Sentence:
    """Report that a plan rests on assumptions alone."""
    return say("还没有这种方式的答卷，以下是假定：{assumed}", assumed=assumed)


def sample_book(seed: int) -> Sentence:
    """Return what the workbook of a sample plan contains."""
    return say("含抽样名单、配额表（随机种子 {seed}）", seed=Declared(str(seed), "numbering"))


def remeasured(wave: str, due: Sequence[Entry]) -> Sentence:
    """Return the heading of the entries that a wave can decide, counted by their state."""
    states = list(dict.fromkeys(one.status for one in due))
    parts = [
        say("{status} {n} 项", status=Name(state), n=count([one for one in due if one.status is state], str(state)))
        for state in states
    ]
    return say("复测：用本轮（{wave}）检验{states}", wave=Name(wave), states=join(parts, "、"))


def log(events: Sequence[object]) -> Sentence:
    """Return the heading of the log of the ledger."""
    return say("变更记录（{n} 条，只增不改）", n=count(events, "events"))


def waiting(row: Row) -> Sentence:
    """Return a confirmed weakness as a choice in a list, short enough for a phone."""
    return say(
        "{area} · {rate}（{value}）",
        area=row.name("district"),
        rate=row.name("label"),
        value=row.bound("estimate", Format.WHOLE),
    )


def entry(one: Entry) -> Sentence:
    """Return an entry of the ledger as a choice in a list, short enough for a phone."""
    number = Declared(str(one.number), "numbering")
    return say("第 {number} 条 · {area}", number=number, area=Name(one.area))


def remeasure(one: Entry, reason: str) -> Sentence:
    """Report the outcome of a re-measurement; `reason` is the one written into the ledger."""
    return say(
        "第 {number} 条 {area}：{status}。{reason}",
        number=Declared(str(one.number), "numbering"),
        area=Name(one.area),
        status=Name(one.status),
        reason=Declared(reason, "note"),
    )


def missing(table: Iterable[object]) -> Sentence:
    """Return the heading of what a study still has of the template."""
    return say("还缺 {n} 项", n=count(table, "missing parts"))


def hidden(few: int) -> Sentence:
    """Report that too few answers are left to be shown."""
    return say(
        "只有不足 {few} 份答卷，或会让人推算出不足 {few} 人的情况，所以不显示。请放宽筛选，或等答卷多些再看。",
        few=setting("suppression", few),
    )


def least(n: int) -> Sentence:
    """Return the smallest sample of a community that keeps both risks."""
    return say("{n} 份", n=setting("plan.n", n))


def accepted(n: int) -> Sentence:
    """Explain when a community passes."""
    return say("其中至少 {n} 份达到才判合格", n=setting("plan.accept", n))


def damaged(state: Live) -> Sentence:
    """Report submissions that are damaged on the disk."""
    words = "有 {n} 份已收到的答卷在硬盘上损坏，没有入库；其余照常入库。请运行 silu verify。"
    return say(words, n=field(state, "damaged", Format.COUNT))


def unreached(n: int, statuses: str) -> Sentence:
    """Report submissions that do not reach the server of the form."""
    return say(
        "过去一天有 {n} 份答卷送不到问卷服务器（返回 {statuses}）：问卷的网址或反向代理设置有误，"
        "居民看到的是“还没有交上”。请系统维护人员对照 deploy/nginx.conf 检查：问卷的整个路径都要转发，并允许 PUT。"
        "改好以后，答卷会在居民再次打开问卷时自动提交。",
        n=setting("faults", n),
        statuses=Declared(statuses, "standard"),
    )


def bursts(found: Sequence[object]) -> Sentence:
    """Return the heading of many submissions from one source."""
    from survey.collect.monitoring.bursts import SHOWN

    number = count(found, "bursts shown")
    which = say("最大的 {n} 处", n=number) if len(found) == SHOWN else say("{n} 处", n=number)
    return say("集中提交 {which}：十分钟内来自同一设备或同一网络", which=which)


def draw(kept: RollOut) -> Sentence:
    """Report the random order that is kept."""
    return say(
        "第 {number} 次抽签：{at}，{who}，{n} 个街道分 {steps} 批，种子 {seed}",
        number=Declared(str(kept.number), "numbering"),
        at=Declared(f"{kept.at.astimezone():%Y-%m-%d %H:%M}", "date"),
        who=Declared(kept.who, "wording"),
        n=count(kept.start, "streets"),
        steps=field(kept, "steps", Format.COUNT),
        seed=Declared(str(kept.seed), "numbering"),
    )


def draws(kept: Sequence[object]) -> Sentence:
    """Report how often an order was drawn; empty for once."""
    return say("；共抽过 {n} 次，全部有记录", n=count(kept, "draws")) if len(kept) > 1 else Sentence()


def started(number: int, batches: int, treated: Sequence[object]) -> Sentence:
    """Report which streets have started, by the order that is kept."""
    return say(
        "依据第 {number} 次抽签：前 {batches} 批 {n} 个街道已开展，其余作对照。",
        number=Declared(str(number), "numbering"),
        batches=setting("batches", batches),
        n=count(treated, "streets that have started"),
    )


def rows(table: Iterable[object]) -> Sentence:
    """Return the size of a table."""
    return say("共 {n} 行", n=count(table, "rows"))


def whole_ledger(listed: Iterable[object]) -> Sentence:
    """Return the heading of all entries of the ledger."""
    return say("全部条目（{n} 条）和导出", n=count(listed, "entries"))


def further(rest: Sequence[object]) -> Sentence:
    """Report the entries that the list does not show."""
    return say("还有 {n} 条，见下面的全部条目", n=count(rest, "further entries"))


def entries(listed: Iterable[object]) -> Sentence:
    """Return the size of the ledger."""
    return say("共 {n} 条", n=count(listed, "entries"))
