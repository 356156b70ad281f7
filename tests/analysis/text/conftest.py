import pytest

from analysis.text.reader import TextReader
from survey.study.lexicon import Lexicon, load_lexicon


@pytest.fixture(scope="session")
def lexicon() -> Lexicon:
    return load_lexicon()


@pytest.fixture(scope="session")
def reader(lexicon: Lexicon) -> TextReader:
    return TextReader(lexicon)
