"""Sentences on outreach: whom to reach, through which channels, for how much, and which channels get no money."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from reports.sentences.briefing import charged as in_charge
from reports.sentences.formats import Format
from reports.sentences.sentence import Declared, Name, Row, Sentence, count, field, join, names, say
from reports.sentences.sentence import listed as listed_names

STREETS = 2  # streets that a row names


@dataclass(frozen=True, slots=True)
class Spending:
    """What a plan spends and gains, and whom it concerns.

    Attributes:
        unaware: residents who do not know.
        unaware_limits: limits of the interval.
        channels: names of the channels of the plan.
        share: the unaware who use at least one of them, each counted once, as a share.
        cost: yuan.
        activities: their number.
        gain: residents newly aware, or reached with `reach_only`.
        limits: of the gain; NaN where they say nothing.
        reach_only: whether being reached is the aim.
        unit: who is in charge of awareness; may be empty.
    """

    unaware: float
    unaware_limits: tuple[float, float]
    channels: tuple[str, ...]
    share: float
    cost: float
    activities: int
    gain: float
    limits: tuple[float, float]
    reach_only: bool
    unit: str = ""

    @property
    def limited(self) -> bool:
        """Whether the gain has limits."""
        return self.limits[0] > 0

    @property
    def unit_cost(self) -> float:
        """Yuan for one resident gained."""
        return self.cost / self.gain

    @property
    def unit_limits(self) -> tuple[float, float]:
        """Limits of the yuan for one resident gained."""
        return self.cost / self.limits[1], self.cost / self.limits[0]


@dataclass(frozen=True, slots=True)
class AreaPlan:
    """What a plan does in one area.

    Attributes:
        place: name of the district, or of the street where there is one district.
        streets: its streets with activities, the largest gain first; empty for a street.
        channels: names of its channels.
        activities: their number.
        cost: yuan.
        gain: residents newly aware, or reached with `reach_only`.
        limits: of the gain; NaN where they say nothing.
        residents: its residents.
        most: the gain if every channel were used `MAX_REPEATS` times in each of its streets.
        most_cost: yuan for that.
    """

    place: str
    streets: tuple[str, ...]
    channels: tuple[str, ...]
    activities: int
    cost: float
    gain: float
    limits: tuple[float, float]
    residents: float = float("nan")
    most: float = float("nan")
    most_cost: float = float("nan")

    @property
    def part(self) -> float:
        """Return the expected gain as a share of the residents; NaN where their number is not known."""
        return self.gain / self.residents

    @property
    def most_part(self) -> float:
        """Return `most` as a share of the residents."""
        return self.most / self.residents


def headline(spent: Spending, plans: Sequence[AreaPlan], now: Row | None = None) -> Sentence:
    """Report how far the first area lies below its target and what the first money is expected to gain.

    Args:
        spent: the plan.
        plans: the plan by area, from `reports.plans.area_plans.area_plans`.
        now: the awareness rate of the first area, from `reports.verdicts.judged`; None where it is not judged. Without
            it, and where the area lies at its target, the first area, its money and its gain are named.
    """
    if not plans:
        return say("约 {number}还不知道，宣传活动还排不出来", number=field(spent, "unaware", Format.PEOPLE))
    money = field(plans[0], "cost", Format.MONEY)
    if now is not None and not spent.reach_only and needed(plans[0], now) > 0:
        return say(
            "{place}{rate} {now}，离目标差 {gap}：这次宣传预计{first}补 {part}",
            place=Name(plans[0].place),
            rate=now.name("label"),
            now=now.bound("estimate", Format.WHOLE),
            gap=now.pair("estimate", "line", Format.SHORTFALL),
            first=Name("先" if needed(plans[0], now) > plans[0].gain else ""),
            part=field(plans[0], "part", Format.POINTS),
        )
    people = field(plans[0], "gain", Format.PEOPLE)
    gain = say("{money}预计{what} {people}", money=money, what=_what(spent), people=people)
    return say(
        "宣传{first}安排{place}：{gain}",
        first=Name("优先" if len(plans) > 1 else ""),
        place=Name(plans[0].place),
        gain=gain,
    )


def charged(unit: str, day: str, lead: str = "") -> Sentence:
    """Report who leads, who carries the plan out, and by when; stands before `second_step`.

    Args:
        unit: who is to act; may be empty.
        day: the deadline in words, "12月25日前".
        lead: the lead unit of the first area; "" for none.
    """
    who = in_charge(lead, [unit] if unit else [])
    return join([who, say("{day}完成", day=Declared(day, "date"))], "，") + "。"


def whole(spent: Spending, plans: Sequence[AreaPlan], *, examples: bool = False) -> Sentence:
    """Report how many residents do not know, and what the whole plan costs and gains.

    Args:
        spent: the plan.
        plans: the plan by area.
        examples: whether it rests on prices or reach that the program ships as examples.
    """
    unaware = say("居民中约 {number}还不知道", number=field(spent, "unaware", Format.PEOPLE))
    if not plans:
        return unaware + "。"
    return say(
        "全市{unaware}，{cost}{examples}宣传 {activities} 次预计{what} {gain}。",
        unaware=unaware,
        examples=Name("（单价为示例）" if examples else ""),
        cost=field(spent, "cost", Format.MONEY),
        activities=field(spent, "activities", Format.COUNT),
        what=_what(spent),
        gain=people(spent),
    )


def second_step(spent: Spending, first: AreaPlan, now: Row | None, decides: str, *, examples: bool = False) -> Sentence:
    """Report what follows where the plan does not bring the first area to its target, and who decides on it.

    Args:
        spent: the plan.
        first: the plan of the first area.
        now: its awareness rate, from `reports.verdicts.judged`; None where it is not judged.
        decides: who decides on more money.
        examples: whether it rests on prices or reach that the program ships as examples.

    Returns:
        Empty where the plan is expected to suffice or no target is known.
    """
    if now is None or spent.reach_only or not needed(first, now) > first.gain:
        return Sentence()
    enough = first.most >= needed(first, now)
    return say(
        "全市共 {cost}{examples}，{place}的各渠道都做满预计{only}补 {part}，{end}：下一轮复测后由{decides}再定。",
        cost=field(spent, "cost", Format.MONEY),
        examples=Name("（单价为示例）" if examples else ""),
        place=Name(first.place),
        part=field(first, "most_part", Format.POINTS),
        only=Name("可" if enough else "也只"),
        end=Name("够到目标" if enough else "够不到目标"),
        decides=Name(decides),
    )


def needed(first: AreaPlan, now: Row) -> float:
    """Return how many residents must become aware for an area to reach its target; below 0 where it lies above."""
    return (float(str(now["line"])) - float(str(now["estimate"]))) * first.residents


def assigned(unit: str, day: str) -> Sentence:
    """Return the label of the button that hands the plan to a unit.

    Args:
        unit: who is to act.
        day: the deadline in words.
    """
    return say("出任务单：{unit}，{day}", unit=Name(unit), day=Declared(day, "date"))


def gain(spent: Spending) -> Sentence:
    """Return the expected gain with its limits; without them where they say nothing."""
    limits = span(spent)
    return people(spent) + (say("（{limits}）", limits=limits) if limits else Sentence())


def people(spent: Spending | AreaPlan) -> Sentence:
    """Return the expected gain."""
    return say("{people}", people=field(spent, "gain", Format.PEOPLE))


def span(spent: Spending | AreaPlan) -> Sentence:
    """Return the limits of the expected gain; empty where they say nothing."""
    if not spent.limits[0] > 0:
        return Sentence()
    return say("{limits}", limits=field(spent, "limits", Format.PEOPLE_INTERVAL))


def _what(spent: Spending) -> Name:
    return Name("触达" if spent.reach_only else "新增知晓")


def streets(one: AreaPlan) -> Sentence:
    """Return the streets of an area with activities."""
    return listed_names(names(one.streets), STREETS)


def summed(rest: Sequence[AreaPlan]) -> Sentence:
    """Return the name of the row that sums up the areas without one."""
    return say("其余 {n} 个", n=count(rest, "areas without a row"))


def unlike(
    examples: Sequence[str],
    red: Sequence[str],
    met: Sequence[str] = (),
    *,
    reach_only: bool,
) -> Sentence:
    """Return what a reader of the table must know: association, example prices, districts that wait or need it less.

    Args:
        examples: channels whose price or reach is an example.
        red: districts with a red light, which get no activity.
        met: districts of the plan that have reached their target.
        reach_only: whether being reached is the aim.
    """
    parts = [
        say("只算触达，不推算知晓") if reach_only else say("关联推算，不是因果"),
        say("渠道单价或触达为示例，请换成本地数字") if examples else Sentence(),
        say("{areas}亮真实性红灯，复访后再安排", areas=listed_names(names(red), 3)) if red else Sentence(),
        say("{areas}已达标也排了：这些钱加到其他区县，预计新增更少", areas=listed_names(names(met), 3))
        if met
        else Sentence(),
    ]
    return join(parts)


def together(spent: Spending) -> Sentence:
    """Report the unaware residents whom the channels of the plan reach, each counted once."""
    return say(
        "{number} 种渠道{jointly}能接触 {share} 的不知晓者：{names}",
        number=count(spent.channels, "channels of the plan"),
        jointly=_jointly(spent),
        share=field(spent, "share", Format.PERCENT),
        names=listed(spent.channels),
    )


def unit_cost(spent: Spending) -> Sentence:
    """Report yuan per resident gained, with limits; no figure where the limits say nothing."""
    if not spent.activities:
        return Sentence()
    price = field(spent, "unit_cost", Format.YUAN)
    if spent.reach_only:
        return say("每触达一人约 {price}", price=price)
    if not spent.limited:
        return say("渠道关联的误差太大，不给每新增一人的费用")
    limits = field(spent, "unit_limits", Format.YUAN_INTERVAL)
    return say("每新增一人约 {price}（{limits}，只含渠道关联的误差）", price=price, limits=limits)


def listed(channels: Sequence[str]) -> Sentence:
    """Join names of channels; each is quoted, since many hold 、."""
    return join([say("“{name}”", name=Name(name)) for name in channels], "")


def _jointly(spent: Spending) -> Sentence:
    return say("合起来") if len(spent.channels) > 1 else Sentence()
