"""The secured servers are started once for all tests of the links."""

import gc
import warnings
from collections.abc import Iterator

import pytest
from cryptography.fernet import Fernet

from shared.secret_box import SecretBox
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


@pytest.fixture(scope="session")
def secrets() -> SecretBox:
    return SecretBox(Fernet.generate_key().decode())


@pytest.fixture(autouse=True)
def _what_libraries_left_open() -> Iterator[None]:
    """After a handshake that failed, aiokafka and PyMongo leave the socket to the garbage collector, which tells on them."""
    yield
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()
