"""SurveyDesign: rows of answers with their sampling design, ready for any estimate.

    design = survey_design(frame, strata="stratum", psu="psu", weight="w")
    design = design.rake({"age": {...}, "sex": {...}})
    design.rates("satisfied", by="district", where={"age": slice(60, None)})

Each call looks items and groupings up in the frame. A condition is always a domain: rows outside it keep their strata
and sampling points in the variance (Lumley 2010, Complex Surveys, 2.2). Modules that need scipy are imported in calls.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from analysis.design.cells import Cells
from analysis.design.conditions import Where
from analysis.design.design import Design
from analysis.design.domains import Names, names_of
from analysis.estimation import linear
from analysis.estimation.estimates import Estimates
from analysis.estimation.interval_names import DEFAULT_INTERVAL
from analysis.estimation.intervals import LEVEL, check_level
from analysis.estimation.rates import Reporting, group_columns, rates
from analysis.estimation.weighted_design import WeightedDesign
from analysis.frontdoor.frames import take_groups
from analysis.frontdoor.population import Margins, margin_tables
from analysis.frontdoor.quantities import tabulate_quantities
from analysis.frontdoor.rows import Rows, check_shares
from analysis.weights.weights import Weights, rake
from survey.errors import ArgumentError, CalibrationError
from survey.study.settings import FALSE_CALLS

if TYPE_CHECKING:
    from analysis.inference.association import Association
    from analysis.inference.observations import Observations
    from analysis.inference.regression import Model


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class SurveyDesign:
    """A declared survey, made by `survey_design`; methods that change something return a new one.

    Attributes:
        rows: the answers and the domain under analysis.
        design: strata and sampling units of the rows.
        weights: factors on the base weights, with the calibrations that the variance keeps; `weights.diagnostics`
            reports on them.
    """

    rows: Rows
    design: Design
    weights: Weights

    def __len__(self) -> int:
        """Return the number of rows, those outside the domain included."""
        return len(self.rows)

    def __repr__(self) -> str:
        """Return one line: rows, strata, sampling units, degrees of freedom, weighting, domain."""
        strata, units = len(self.design.strata), len(self.design.stratum)
        counts = f"{len(self):,} 份答卷，{strata:,} 层，{units:,} 个抽样单元，自由度 {self.degrees:,}"
        return f"SurveyDesign：{counts}；{self.weights.label}{f'；范围 {self.rows.asked}' if self.rows.asked else ''}"

    @property
    def degrees(self) -> int:
        """Degrees of freedom of the whole sample: sampling units minus strata."""
        return self.design.degrees

    def domain(self, where: Where) -> SurveyDesign:
        """Restrict the survey to a domain; the design stays whole.

        Raises:
            ArgumentError: an unknown column, or a condition that cannot be evaluated.
            DesignError: nobody meets it.
        """
        return replace(self, rows=self.rows.narrowed(where))

    def rates(
        self,
        item: Names,
        by: Names = (),
        *,
        where: Where | None = None,
        interval: str = DEFAULT_INTERVAL,
        level: float = LEVEL,
        reporting: Reporting | None = None,
    ) -> Estimates:
        """Estimate the share of ones among the answers, in every group.

        Args:
            item: columns of 0 and 1 (or True and False); a missing value is outside the base.
            by: grouping columns; one row per combination that occurs.
            where: a domain; see `analysis.design.conditions`.
            interval: a name in `analysis.estimation.interval_names`. Default "wilson_pooled", because it exists at 0 %
                and 100 %, never leaves [0, 1] and keeps its coverage in groups of few sampling points, where R's logit
                is undefined or too short (docs/statistics.md); "logit" gives the numbers of R `svyciprop`.
            level: confidence level, by convention 0.95.
            reporting: presentation rule and suppression limit; by default fewer than 10 and fewer than 30 answers are
                marked.

        Returns:
            Estimates, shares in [0, 1].

        Raises:
            ArgumentError: an unknown column, interval or level.
            DesignError: text or other numbers than 0 and 1, nobody in the domain, a stratum of one unit.
        """
        basis, rows = self._ask(item, by, where)
        check_shares(basis.cells)
        found = rates(
            basis.cells,
            by=by,
            where=rows.within,
            design=basis.design,
            weights=basis.weights,
            interval=interval,
            level=level,
            reporting=reporting,
        )
        return _with_condition(found, rows)

    def means(self, item: Names, by: Names = (), *, where: Where | None = None, level: float = LEVEL) -> Estimates:
        """Estimate weighted means of numbers in every group, with t intervals. Arguments as for `rates`."""
        basis, rows = self._ask(item, by, where)
        found = linear.means(basis, by=group_columns(by), where=rows.within)
        return _with_condition(tabulate_quantities(found, basis, "mean", level=level), rows)

    def totals(self, item: Names, by: Names = (), *, where: Where | None = None, level: float = LEVEL) -> Estimates:
        """Estimate population totals (of ones: numbers of people); missing answers count as 0. Otherwise as `means`."""
        basis, rows = self._ask(item, by, where)
        found = linear.totals(basis, by=group_columns(by), where=rows.within)
        return _with_condition(tabulate_quantities(found, basis, "total", level=level), rows)

    def ratio(
        self, numerator: str, denominator: str, by: Names = (), *, where: Where | None = None, level: float = LEVEL
    ) -> Estimates:
        """Estimate the ratio of two totals, over the rows that have both; otherwise as `means`."""
        basis, rows = self._ask((numerator, denominator), by, where, together=True)
        found = linear.ratio(basis, numerator, denominator, by=group_columns(by), where=rows.within)
        return _with_condition(tabulate_quantities(found, basis, "ratio", level=level), rows)

    def compare(
        self, item: Names, by: Names, *, reference: Any = "rest", where: Where | None = None, level: float = LEVEL,
        as_in_r: bool = False,
    ) -> Estimates:  # fmt: skip
        """Estimate differences between groups, with the covariance from shared sampling points.

        Args:
            item: columns of 0 and 1.
            by: grouping column.
            reference: "rest": each group minus all others together, so that none is compared with itself; "whole":
                each group minus everybody; any other value: the group to subtract from each other group.
            where: the domain to which the comparison is restricted.
            level: confidence level of the intervals.
            as_in_r: the variance of the sample alone; else no group is more precise than its rate in `rates`.

        Returns:
            Estimates of differences (shares), with `rate` and `reference`, p-values (also adjusted over the rows of an
            item) and the smallest difference that would have been detectable.
        """
        from analysis.estimation import contrasts

        check_level(level)
        basis, rows = self._ask(item, by, where)
        check_shares(basis.cells)
        comparison = contrasts.Comparison(None, group_columns(by), rows.within, level, as_in_r=as_in_r)
        if isinstance(reference, str) and reference in ("rest", "whole"):
            against = contrasts.against_rest if reference == "rest" else contrasts.against_whole
            return _with_condition(against(basis, comparison), rows)
        return _with_condition(contrasts.against_reference(basis, comparison, reference), rows)

    def weak_areas(
        self, item: Names, by: Names, *, line: float, where: Where | None = None, q: float | None = None
    ) -> Estimates:
        """Judge which areas lie below a target: 确认薄弱, 观察, 尚难判断 or 达标, each with at most `q` doubt.

        Args:
            item: columns of 0 and 1.
            by: area columns.
            line: target share in [0, 1].
            where: the domain.
            q: accepted probability that 确认薄弱 or 达标 is wrong, 0.10 when None: an office can afford one false call
                in ten, because weak areas are examined before they are blamed.

        Returns:
            The rates with the columns of `analysis.areas.weak.weak_areas`.
        """
        from analysis.areas.weak import weak_areas

        return weak_areas(self.rates(item, by, where=where), line, q=FALSE_CALLS if q is None else q)

    def associate(self, rows: str, columns: str, *, where: Where | None = None, statistic: str = "F") -> Association:
        """Test whether two columns are independent.

        Args:
            rows: a column of categories.
            columns: another one.
            where: the domain.
            statistic: a name in `analysis.inference.association.STATISTICS`, those of R `svychisq`. Default "F",
                because the second-order Rao-Scott correction holds its level with few sampling points.
        """
        from analysis.inference.association import associate

        keys = take_groups(self.rows.data, (rows, columns))
        obs = self.observations(where=where)
        return associate(obs, keys[rows].to_numpy(), keys[columns].to_numpy(), statistic=statistic)

    def regress(
        self,
        formula: str,
        *,
        where: Where | None = None,
        family: str = "quasibinomial",
        reference: Mapping[str, Any] | None = None,
    ) -> Model:
        """Fit a regression with design-based covariance; `model.table()` and `average_effects(model)` report it.

        Args:
            formula: "satisfied ~ age + sex + C(place)"; see `analysis.inference.formula`.
            where: the domain.
            family: default "quasibinomial" (logistic), because items are rates; "gaussian" for numbers.
            reference: reference level of categorical variables.
        """
        from analysis.inference.formula import read_formula
        from analysis.inference.regression import regress_formula

        read = read_formula(formula)
        obs = self.observations(read.response, by=read.variables, where=where)
        return regress_formula(obs, formula, family=family, reference=reference)

    def observations(self, item: str | None = None, *, by: Names = (), where: Where | None = None) -> Observations:
        """Return the rows as `analysis.inference` takes them, for trends, standardised rates and replicates."""
        from analysis.inference.observations import observe

        rows = self.rows.narrowed(where)
        cells = rows.cells(() if item is None else (item,), names_of(by))
        obs = observe(cells, self.design, item=item, weights=self.weights)
        return obs if rows.inside is None else obs.within(rows.inside)

    def rake(self, margins: Margins) -> SurveyDesign:
        """Weight the survey to population margins by iterative proportional fitting.

        Args:
            margins: {"age": {"18-29": 300000, ...}, "sex": {...}}, or tables with a column `population`.

        Raises:
            CalibrationError: margins that disagree, a category without answers or answers without one, no
                convergence.
        """
        tables = margin_tables(margins)
        names = [str(name) for table in tables for name in table.columns if name != "population"]
        return replace(self, weights=rake(self._whole(names), self.weights, tables))

    def post_stratify(self, margin: Margins) -> SurveyDesign:
        """Weight the survey to the population of every post-stratum; one margin, as for `rake`."""
        tables = margin_tables(margin)
        if len(tables) != 1:
            raise CalibrationError("事后分层只用一张边际表", got=f"{len(tables)} 张", cure="多张边际请用 design.rake")
        return self.rake(tables)

    def trim(self, *, lower: float = 0.0, upper: float = np.inf, redistribution: str = "proportional") -> SurveyDesign:
        """Cut final weights at bounds and redistribute what was cut; the sum of weights is kept.

        Args:
            lower: smallest weight of a response.
            upper: largest; `analysis.weights.trim.median_cap` proposes one.
            redistribution: default "proportional", because it keeps the ratios of the uncut weights; "equal" is the
                rule of R `trimWeights`.
        """
        from analysis.weights.trim import trim_cells

        cells = self._whole()
        weights = trim_cells(cells, self.weights, lower=lower, upper=upper, redistribution=redistribution)
        return replace(self, weights=weights)

    def _whole(self, names: Sequence[str] = ()) -> Cells:
        """Return the cells for weighting, which uses the whole sample."""
        if self.rows.inside is not None:
            raise ArgumentError(
                "加权针对整个样本，不能只对一部分做", got=str(self.rows.asked), cure="先加权，再用 domain"
            )
        return self.rows.cells(by=names)

    def _ask(
        self, items: Names, by: Names, where: Where | None, *, together: bool = False
    ) -> tuple[WeightedDesign, Rows]:
        """Return the weighted design for an estimate, and its domain."""
        rows = self.rows.narrowed(where)
        cells = rows.cells(names_of(items), group_columns(by), together=together)
        return WeightedDesign(cells, self.design, self.weights), rows


def _with_condition(found: Estimates, rows: Rows) -> Estimates:
    """Return estimates that record the condition as the caller wrote it."""
    return replace(found, meta={**found.meta, "where": dict(rows.asked)})
