# SPDX-License-Identifier: GPL-2.0-or-later
"""The daemon under valgrind: every process that it forks writes a report of its own."""
import glob
import os
import re

from router import OURS

SLOW = 180  # seconds for what takes one; valgrind needs 20 to 50 times as long

WORDS = ['valgrind', '--trace-children=yes', '--leak-check=full',
         '--show-leak-kinds=definite,indirect', '--errors-for-leak-kinds=definite,indirect',
         '--num-callers=20']


class Memcheck:
    """program: to be started in place of the daemon. Scripts that it runs are not looked at."""

    def __init__(self, directory):
        self.reports = os.path.join(directory, 'valgrind')
        os.mkdir(self.reports)
        self.program = os.path.join(directory, 'keepalived-valgrind')
        skipped = '--trace-children-skip=/bin/*,/usr/bin/*,%s/*' % directory
        with open(self.program, 'w') as f:
            f.write('#!/bin/sh\nexec %s %s --log-file=%s/%%p %s "$@"\n' %
                    (' '.join(WORDS), skipped, self.reports, OURS))
        os.chmod(self.program, 0o755)

    def assert_clean(self, processes):
        """No report has an error, a lost block or a crash; and at least so many processes, those
        that became a script excepted, have come to their end."""
        ended = 0
        for path in glob.glob(self.reports + '/*'):
            with open(path, errors='replace') as f:
                text = f.read()
            summary = re.search(r'ERROR SUMMARY: (\d+) errors', text)
            ended += bool(summary)
            assert not summary or summary[1] == '0', text
            # A script that is called off may be ended before it has become its program, by SIGTERM.
            ending = re.search(r'Process terminating with (.*)', text)
            assert not ending or ('signal 15 ' in ending[1] and 'start_process (script.c' in text), text
            assert 'the \'impossible\' happened' not in text, text
        assert ended >= processes
