"""TCP sessions that live on: `sessions.py serve ADDRESS PORT` echoes; `sessions.py hold ADDRESS PORT COUNT` opens COUNT of them and asks each for
an echo ten times a second. On each line of input, `NAME` or `NAME ANSWERS`, it says, in one line, which sessions live and the longest time that
any of them had to wait for an answer since the line before: `NAME LIVING GAP-MILLISECONDS`; with ANSWERS as soon as each that lives has had so
many more. A session is lost when it is reset, or silent for 30 seconds."""
import asyncio
import sys
import time

EVERY, PATIENCE = 0.1, 30


async def serve(address, port):
    async def echo(reader, writer):
        try:
            while data := await reader.read(64):
                writer.write(data)
                await writer.drain()
        except OSError:
            pass
        writer.close()

    server = await asyncio.start_server(echo, address, port)
    print("serving", flush=True)
    await server.serve_forever()


class Sessions:
    def __init__(self):
        self.since = time.monotonic()
        self.waiting = {}                               # by session: when it asked
        self.answers = {}                               # by session that lives: how many it has had
        self.longest = 0.0

    async def hold(self, number, address, port):
        reader, writer = await asyncio.open_connection(address, port)
        self.answers[number] = 0
        await asyncio.sleep(EVERY * number / 100)       # not all at once
        try:
            while True:
                self.waiting[number] = asked = time.monotonic()
                writer.write(b"%08d" % number)
                await writer.drain()
                if await asyncio.wait_for(reader.readexactly(8), PATIENCE) != b"%08d" % number:
                    raise OSError("another one's answer")
                self.longest = max(self.longest, time.monotonic() - max(asked, self.since))
                self.answers[number] += 1
                del self.waiting[number]
                await asyncio.sleep(EVERY)
        except (OSError, EOFError, asyncio.TimeoutError):
            del self.answers[number]
            self.waiting.pop(number, None)

    async def tell(self, name, answers="0"):
        goals = {number: had + int(answers) for number, had in self.answers.items()}
        while any(self.answers.get(number, goal) < goal for number, goal in goals.items()):
            await asyncio.sleep(0.02)
        now = time.monotonic()
        pending = max((now - max(asked, self.since) for asked in self.waiting.values()), default=0.0)
        print(f"{name} {len(self.answers)} {max(self.longest, pending) * 1000:.0f}", flush=True)
        self.longest, self.since = 0.0, now


async def hold(address, port, count):
    sessions = Sessions()
    tasks = [asyncio.create_task(sessions.hold(number, address, port)) for number in range(count)]
    while len(sessions.answers) < count:
        await asyncio.sleep(0.05)
    print(f"{count} open", flush=True)
    while line := await asyncio.to_thread(sys.stdin.readline):
        await sessions.tell(*line.split())
    for task in tasks:
        task.cancel()


verb, address, port, *rest = sys.argv[1:]
asyncio.run(serve(address, int(port)) if verb == "serve" else hold(address, int(port), int(rest[0])))
