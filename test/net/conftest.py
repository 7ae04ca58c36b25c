# SPDX-License-Identifier: GPL-2.0-or-later
"""Fixtures of several files here."""
import pytest

from rude_server import Server, make_certificate


@pytest.fixture(scope='module')
def server():
    s = Server()
    yield s
    s.close()


@pytest.fixture(scope='module')
def tls_server(tmp_path_factory):
    s = Server(tls_files=make_certificate(str(tmp_path_factory.mktemp('tls'))))
    yield s
    s.close()
