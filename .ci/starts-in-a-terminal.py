"""Starts a podlings binary in a pseudo-terminal: Home appears in both languages, q leaves, and the
terminal is as it was."""

import fcntl
import os
import pty
import re
import select
import struct
import sys
import tempfile
import termios
import time

PATIENCE = 20  # seconds
ESCAPE = re.compile(rb"\x1b\[[0-9;?]*[A-Za-z]")


def session(binary, lang, expected):
    with tempfile.TemporaryDirectory() as home:
        pid, fd = pty.fork()
        if pid == 0:
            os.environ.update(HOME=home, TERM="xterm-256color", LANG="C.UTF-8")
            for name in list(os.environ):
                if name.startswith("XDG_"):
                    del os.environ[name]
            # The size is there before the program asks for it.
            fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
            os.execv(binary, [binary, "--lang", lang])
        seen = b""
        quit_sent = False
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            ready, _, _ = select.select([fd], [], [], 0.2)
            if ready:
                try:
                    part = os.read(fd, 65536)
                except OSError:
                    break
                if not part:
                    break
                seen += part
            # The cursor is moved between wide characters.
            if not quit_sent and expected.encode() in ESCAPE.sub(b"", seen):
                os.write(fd, b"q")
                quit_sent = True
        else:
            os.kill(pid, 9)
        _, status = os.waitpid(pid, 0)
        assert quit_sent, f"{lang}: Home did not appear; the last output was {seen[-400:]!r}"
        assert os.waitstatus_to_exitcode(status) == 0, f"{lang}: it ended with {status}"
        restored = b"\x1b[?1049l" in seen and b"\x1b[?25h" in seen
        assert restored, f"{lang}: the terminal was not restored"


if __name__ == "__main__":
    for lang, expected in (("zh", "今天"), ("en", "Today")):
        session(sys.argv[1], lang, expected)
        print(f"{lang}: Home appeared, q left, the terminal was restored")
