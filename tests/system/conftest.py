import pathlib
import shutil
import tempfile

import pytest

import agent
import bed as beds


@pytest.fixture
def bed():
    """Name servers on loopback, ended after the test."""
    servers = beds.Bed()
    yield servers
    servers.close()


@pytest.fixture
def repwatch():
    """The program in a folder of its own."""
    folder = pathlib.Path(tempfile.mkdtemp(prefix="repwatch-test-"))
    yield agent.Repwatch(folder)
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session", autouse=True)
def _binary():
    if not pathlib.Path(agent.BINARY).exists():
        pytest.exit(f"there is no program at {agent.BINARY}: set REPWATCH", returncode=2)
