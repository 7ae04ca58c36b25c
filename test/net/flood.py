# SPDX-License-Identifier: GPL-2.0-or-later
"""flood.py DEV SECONDS PER_SECOND FRAME_HEX...: sends the frames in turn, steadily; prints how many."""
import socket
import sys
import time

dev, seconds, rate = sys.argv[1], float(sys.argv[2]), float(sys.argv[3])
frames = [bytes.fromhex(f) for f in sys.argv[4:]]
s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
s.bind((dev, 0))
start = time.monotonic()
sent = 0
while True:
    passed = time.monotonic() - start
    if passed > seconds:
        break
    for _ in range(int(passed * rate) - sent):
        try:
            s.send(frames[sent % len(frames)])
        except BlockingIOError:
            pass
        sent += 1
        if not sent % 64:
            break
    else:
        time.sleep(0.0005)
print('sent', sent)
