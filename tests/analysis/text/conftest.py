import pytest
from hypothesis import settings

from analysis.text.answers import TextReader
from survey.lexicon import Lexicon, load_lexicon


@pytest.fixture(scope="session")
def lexicon() -> Lexicon:
    return load_lexicon()


@pytest.fixture(scope="session")
def reader(lexicon: Lexicon) -> TextReader:
    return TextReader(lexicon)


# A shared machine may take any time for one example; what is slow is found by the benchmarks.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")
