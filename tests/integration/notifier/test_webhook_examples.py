"""The examples that receivers start from: each believes what we sign, and nothing else."""

import functools
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from services.notifier.channels import signing
from services.notifier.channels.signing import Scheme

EXAMPLES = Path(__file__).parents[3] / "docs/examples/webhook"
BODY = '{"type":"patent.test","data":{"message":"知推"}}'.encode()


_QUICK_START = ("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")


@functools.cache
def compiles_java() -> bool:
    """Whether there is a compiler beside the runtime, so that a source file can be run."""
    java = shutil.which("java")
    if java is None:
        return False
    modules = subprocess.run([java, "--list-modules"], capture_output=True, check=True, timeout=60).stdout
    return b"jdk.compiler@" in modules


def believed(example: str, *arguments: str, body: bytes = BODY) -> bool:
    """Run an example as it stands."""
    program = {"verify.py": sys.executable, "verify.mjs": shutil.which("node"), "Verify.java": shutil.which("java")}
    command = program[example]
    options = _QUICK_START if example == "Verify.java" else ()
    if command is None or (example == "Verify.java" and not compiles_java()):
        pytest.skip(f"{example} needs a program that this machine does not have")
    done = subprocess.run(
        [command, *options, str(EXAMPLES / example), *arguments],
        input=body,
        capture_output=True,
        check=False,
        timeout=60,
    )
    assert done.returncode in {0, 1}, done.stderr.decode()
    assert not done.stderr
    return done.returncode == 0


def signed(*secrets: str, age_seconds: int = 0) -> tuple[str, str, str]:
    timestamp = int(time.time()) - age_seconds  # the examples' clock is the real one
    header = signing.signature_header(secrets, message_id="d-1", timestamp=timestamp, body=BODY)
    return "d-1", str(timestamp), header


def test_every_example_is_tried() -> None:
    assert {file.name for file in EXAMPLES.iterdir()} == {"verify.py", "verify.mjs", "Verify.java"}


@pytest.mark.parametrize("example", ["verify.py", "verify.mjs", "Verify.java"])
@pytest.mark.parametrize("scheme", Scheme)
def test_an_example_believes_what_we_sign_also_while_the_key_changes(example: str, scheme: Scheme) -> None:
    old, new = signing.new_secret(scheme), signing.new_secret(scheme)
    assert believed(example, signing.told_to_receivers(old), *signed(new, old))


@pytest.mark.parametrize("example", ["verify.py", "verify.mjs"])
@pytest.mark.parametrize("scheme", Scheme)
def test_an_example_believes_no_other_body_and_nothing_old(example: str, scheme: Scheme) -> None:
    secret = signing.new_secret(scheme)
    told = signing.told_to_receivers(secret)
    assert not believed(example, told, *signed(secret), body=BODY + b" ")
    assert not believed(example, told, *signed(secret, age_seconds=400))


def test_the_example_in_java_believes_no_other_key() -> None:
    told = signing.told_to_receivers(signing.new_secret(Scheme.ED25519))
    assert not believed("Verify.java", told, *signed(signing.new_secret(Scheme.ED25519)))
