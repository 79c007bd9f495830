"""The secured servers are started once for all tests of the links."""

from collections.abc import Iterator

import pytest

from tests.integration.links.papers import Papers, make_papers
from tests.integration.links.secured import SecuredKafka, SecuredMongo, secured_kafka, secured_mongo


@pytest.fixture(scope="session")
def papers(tmp_path_factory: pytest.TempPathFactory) -> Papers:
    return make_papers(tmp_path_factory.mktemp("papers"))


@pytest.fixture(scope="package")
def secure_kafka(tmp_path_factory: pytest.TempPathFactory, papers: Papers) -> Iterator[SecuredKafka]:
    with secured_kafka(tmp_path_factory.mktemp("kafka"), papers) as secured:
        yield secured


@pytest.fixture(scope="package")
def secure_mongo(tmp_path_factory: pytest.TempPathFactory, papers: Papers) -> Iterator[SecuredMongo]:
    with secured_mongo(tmp_path_factory.mktemp("mongo"), papers) as secured:
        yield secured
