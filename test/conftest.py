# SPDX-License-Identifier: GPL-2.0-or-later
"""Fixtures for the tests with real daemons. They need root, for namespaces."""
import itertools
import os
import shutil

import pytest

import lab as lab_module
import router
import wire

counter = itertools.count()


class TestLab(lab_module.Lab):
    __test__ = False

    def __init__(self):
        super().__init__(prefix='ka%d-%d-' % (os.getpid(), next(counter)))
        self.taps = []

    def tap(self, port, switch='sw'):
        self.taps.append(wire.Tap(self, port, switch))
        return self.taps[-1]

    def close(self):
        for t in self.taps:
            t.close()
        super().close()


def pytest_configure():
    if not os.access(router.OURS, os.X_OK):
        pytest.exit('no daemon at %s: set KEEPALIVED' % router.OURS, 2)


def pytest_collection_modifyitems(items):
    if os.geteuid() != 0:
        for item in items:
            item.add_marker(pytest.mark.skip(reason='needs root, for network namespaces'))


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    outcome = yield
    report = outcome.get_result()
    setattr(item, 'failed_in_' + report.when, report.failed)
    lab = item.funcargs.get('lab') if hasattr(item, 'funcargs') else None
    if report.failed and lab:
        for p in lab.processes:
            report.sections.append((p.log, p.text()[-6000:]))


@pytest.fixture
def lab(request):
    """An empty network with a switch. Its directory is kept when the test fails."""
    with TestLab() as net:
        net.switch()
        yield net
    if not getattr(request.node, 'failed_in_call', False):
        shutil.rmtree(net.dir, ignore_errors=True)
