import os
import pathlib

import pytest

import aws
import running
import snshost

FIXTURES = pathlib.Path(os.environ.get("SES_FEEDBACK_FIXTURES", running.ROOT.parent / "shared" / "fixtures"))


@pytest.fixture(scope="session")
def signer():
    """Amazon's signing key, as far as these tests go."""
    return aws.Signer()


@pytest.fixture(scope="session")
def fixtures():
    if not (FIXTURES / "signed").is_dir():
        pytest.skip("skipped: no fixtures (set SES_FEEDBACK_FIXTURES)")
    return FIXTURES


@pytest.fixture
def start(tmp_path, signer):
    """start(**settings) gives a running daemon; all are stopped at the end, and must stop cleanly."""
    started = []

    def make(folder=None, wait=True, signer=signer, **settings):
        place = tmp_path / (folder or f"daemon{len(started)}")
        place.mkdir(exist_ok=True)
        daemon = running.Daemon(place, signer=signer, **settings)
        started.append(daemon)
        return daemon.start(wait=wait)

    yield make
    for daemon in started:
        daemon.stop()


@pytest.fixture
def daemon(start):
    return start()


@pytest.fixture
def host(tmp_path):
    """SNS's own host; give its address to a daemon with connect_to and ca_file."""
    serving = snshost.SnsHost(tmp_path)
    yield serving
    serving.close()
