from survey.mock import MockCity


def test_margins_add_up_to_the_frame(mock: MockCity) -> None:
    margins = mock.margins
    by_district = margins[margins["district"].notna()].groupby("district")["population"].sum().to_dict()
    assert by_district == dict(mock.city.areas.population())
    education = margins[margins["education"].notna()]
    assert education["population"].sum() == mock.city.population.sum()
    assert sorted(education["education"]) == [1, 2, 3, 4, 5]


def test_margins_hold_every_cell_of_age_and_sex_once(mock: MockCity) -> None:
    cells = mock.margins[mock.margins["district"].notna()]
    assert len(cells) == 8 * 4 * 2
    assert not cells.duplicated(["district", "age", "sex"]).any()
    assert (cells["population"] > 0).all()


def test_respondents_differ_from_the_population_in_age_and_education(mock: MockCity) -> None:
    """Otherwise weighting would have no effect."""
    table = mock.responses(modes=("household",)).to_pandas()
    table = table[table["A1"].notna()]
    margins = mock.margins[mock.margins["district"].notna()].groupby("age")["population"].sum()
    population = margins / margins.sum()
    sample = table["age"].value_counts(normalize=True)
    assert sample[4] > population[4] + 0.08
    assert sample[1] < population[1] - 0.06
    online = mock.responses(modes=("online",)).to_pandas()
    online = online[online["A1"].notna()]
    assert online["age"].value_counts(normalize=True)[4] < 0.1
    assert (online["education"] >= 3).mean() > (table["education"] >= 3).mean() + 0.2
