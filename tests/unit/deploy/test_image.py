"""The image: built in stages from hashed packages, run by nobody in particular, and made of what it needs and nothing else."""

import re
import tomllib
from pathlib import Path

from tests.unit.deploy.documents import DEPLOY, ROOT

DOCKERFILE = (DEPLOY / "docker" / "Dockerfile").read_text("utf-8")
STEPS = re.findall(r"^([A-Z]+) (.*(?:\\\n.*)*)", DOCKERFILE, re.MULTILINE)
LAST_STAGE = STEPS[max(i for i, (word, _) in enumerate(STEPS) if word == "FROM") :]
KNOWN = frozenset(
    {"FROM", "ARG", "ENV", "WORKDIR", "RUN", "COPY", "USER", "EXPOSE", "HEALTHCHECK", "ENTRYPOINT", "CMD"}
)

PINNED = re.compile(r"^([a-z0-9-]+)==(\S+)", re.MULTILINE)


def lock(path: Path) -> dict[str, tuple[str, frozenset[str]]]:
    """Return name → version and hashes."""
    blocks = re.split(r"\n(?=\S)", path.read_text("utf-8"))
    found = [(PINNED.match(block), frozenset(re.findall(r"sha256:[0-9a-f]{64}", block))) for block in blocks]
    return {pin[1]: (pin[2], hashes) for pin, hashes in found if pin}


def locked_name(requirement: str) -> str:
    """Return the name as the lock writes it (https://packaging.python.org/en/latest/specifications/name-normalization/)."""
    return re.sub(r"[-_.]+", "-", re.split(r"[=<>;\[]", requirement)[0]).lower()


def values(word: str) -> list[str]:
    return [rest for step, rest in LAST_STAGE if step == word]


def test_it_is_built_in_two_stages_on_one_exact_base() -> None:
    bases = [rest.split()[0] for word, rest in STEPS if word == "FROM"]
    assert len(bases) == 2
    assert len(set(bases)) == 1
    assert re.fullmatch(r"python:3\.\d+\.\d+-slim-\w+", bases[0])
    assert {word for word, _ in STEPS} <= KNOWN


def test_it_is_run_by_a_user_without_rights_and_says_whether_it_is_well() -> None:
    assert values("USER") == ["10001:10001"]
    assert values("HEALTHCHECK")[0].endswith('CMD ["healthcheck.py"]')
    assert values("ENTRYPOINT") == ['["entrypoint.sh"]']
    assert not any("pip" in rest for rest in values("RUN")), "nothing is installed in the last stage"


def test_kernels_are_compiled_for_the_processor_that_they_are_looked_up_for() -> None:
    told = re.findall(r"(ARG KERNEL_CPU=\S+|NUMBA_CPU_NAME=\S+|NUMBA_CPU_FEATURES=\S+)", DOCKERFILE)
    assert len(told) == 6
    assert sorted(told[:3]) == sorted(told[3:])


def test_every_package_of_the_image_is_one_of_the_lock_by_version_and_hash() -> None:
    whole = lock(ROOT / "requirements.lock")
    image = lock(DEPLOY / "docker" / "requirements.txt")
    assert len(image) > 30
    assert {name: whole.get(name) for name in image} == image
    assert all(hashes for _, hashes in image.values())


def test_every_package_that_zhitui_names_is_in_the_image_and_no_tool_of_the_workbench() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    image = lock(DEPLOY / "docker" / "requirements.txt")
    named = set(map(locked_name, project["project"]["dependencies"]))
    workbench = set(map(locked_name, project["dependency-groups"]["dev"]))
    assert named <= set(image)
    assert not (workbench - named - {"pyyaml"}) & set(image)


def test_what_builds_the_wheel_is_hashed_too() -> None:
    build = lock(DEPLOY / "docker" / "build-requirements.txt")
    required = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["build-system"]["requires"]
    assert {f"{name}=={version}" for name, (version, _) in build.items()} >= set(required)
    assert all(hashes for _, hashes in build.values())


def test_what_is_copied_is_there_and_is_let_through() -> None:
    ignored = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    through = {line[1:] for line in ignored if line.startswith("!")}
    copied = {
        source
        for word, rest in STEPS
        if word == "COPY" and "--from" not in rest
        for source in re.sub(r"--\S+ ", "", rest).split()[:-1]
    }
    assert ignored[1] == "*", "all stays out but what is named"
    assert copied == through
    assert all((ROOT / source).exists() for source in copied)


def test_the_wheel_finds_all_its_files() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    wheel = project["tool"]["hatch"]["build"]["targets"]["wheel"]
    needed = {*wheel["packages"], *wheel["force-include"], *project["project"]["license-files"], "README.md"}
    assert all(f"!{name}" in (ROOT / ".dockerignore").read_text("utf-8").splitlines() for name in needed)
