# SPDX-License-Identifier: GPL-2.0-or-later
"""smtp_sink.py ADDRESS PORT: a mail server that prints every mail as one line of JSON.

With a third word "hang" it accepts connections and never says a word.
"""
import json
import socket
import sys
import time

address, port = sys.argv[1], int(sys.argv[2])
if 'hang' in sys.argv:
    s = socket.create_server((address, port))
    print('ready', flush=True)
    kept = []
    while True:
        kept.append(s.accept()[0])
        print('connection', flush=True)

from aiosmtpd.controller import Controller


class Print:
    async def handle_DATA(self, server, session, envelope):
        print(json.dumps({'helo': session.host_name, 'from': envelope.mail_from, 'to': envelope.rcpt_tos,
                          'text': envelope.original_content.decode()}), flush=True)
        return '250 taken'


Controller(Print(), hostname=address, port=port).start()
print('ready', flush=True)
while True:
    time.sleep(60)
