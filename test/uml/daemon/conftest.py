# SPDX-License-Identifier: GPL-2.0-or-later
"""Fixtures for the tests of the daemon with the kernel's IPVS."""
import itertools
import os
import sys

import pytest

HERE = os.path.dirname(os.path.abspath(__file__))
TEST = os.path.dirname(os.path.dirname(HERE))
sys.path[:0] = [HERE, TEST, TEST + '/net']

import director as director_module  # noqa: E402
import lab as lab_module  # noqa: E402

counter = itertools.count()


@pytest.fixture
def lab():
    directory = '/run/lvs-%d-%d' % (os.getpid(), next(counter))
    os.mkdir(directory)
    with lab_module.Lab(prefix=os.path.basename(directory) + '-', directory=directory) as net:
        yield net


@pytest.fixture
def director(lab):
    d = director_module.Director(lab)
    yield d
    d.close()
