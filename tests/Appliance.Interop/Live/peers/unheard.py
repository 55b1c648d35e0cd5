"""Runs a program whose standard error takes nothing: full, or a pipe that is full and that nobody reads."""

import fcntl
import os
import sys

PIPE_SIZE = 1031                                                        # F_SETPIPE_SZ
PAGE = 4096

how, *command = sys.argv[1:]
if how == "full":
    os.dup2(os.open("/dev/full", os.O_WRONLY), 2)
else:
    reading, writing = os.pipe()
    os.set_inheritable(reading, True)
    fcntl.fcntl(writing, PIPE_SIZE, PAGE)
    os.write(writing, b"." * PAGE)
    os.dup2(writing, 2)
os.execv(command[0], command)
