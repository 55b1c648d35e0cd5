#!/usr/bin/python3
"""An oracle for `replay`: computes from a configuration and captures what a router must send, drop, consume and answer.

    oracle.py --config FILE --in PORT=FILE [--in ...] [--predict OUT.json] [--burst N[,MICROSECONDS]] [--counters | --summary]

Written from the appliance's promises (the rules that README.md beside this file repeats), never from its source. The
prediction is for compare.py; --counters prints the `counters:` of a test.yaml; --summary prints what there is at a glance.
Exit codes: 0 done, 1 a capture is damaged (the prediction is still written) or unreadable, 2 the command line or the configuration
is wrong.
"""
import argparse
import json
import sys
from collections import Counter
from dataclasses import dataclass

try:
    import scapy                                       # noqa: F401
    import yaml                                        # noqa: F401
except ImportError as missing:
    sys.exit(f"oracle: {missing.name} is missing for {sys.executable}; on Debian: apt-get install -y python3-scapy python3-yaml, "
             "and run /usr/bin/python3")

from captures import Record, read_capture
from configuration import Configuration, read_configuration
from routing import Judgement, Router


@dataclass
class Arrival:
    port: str
    number: int                                        # in its file, from 1
    record: Record
    time: int                                          # never before the arrival ahead of it
    clock: int = 0                                     # of its breath


def merge(inputs: list[tuple[str, list[Record]]]) -> list[Arrival]:
    """By timestamp; ties in the order of the inputs, then of the file; an earlier timestamp counts as the latest seen."""
    arrivals, heads, now = [], [0] * len(inputs), 0
    while True:
        waiting = [(records[heads[i]].time if records[heads[i]].time is not None else now, i)
                   for i, (_, records) in enumerate(inputs) if heads[i] < len(records)]
        if not waiting:
            return arrivals
        time, i = min(waiting)
        now = max(now, time)
        port, records = inputs[i]
        arrivals.append(Arrival(port, heads[i] + 1, records[heads[i]], now))
        heads[i] += 1


def put_into_breaths(arrivals: list[Arrival], most: int, window: int) -> None:
    """Frames within the window (nanoseconds) of the first, at most so many, enter in one breath; its clock is the last one's time."""
    start = 0
    while start < len(arrivals):
        end = start
        while end < len(arrivals) and end - start < most and arrivals[end].time - arrivals[start].time <= window:
            end += 1
        for arrival in arrivals[start:end]:
            arrival.clock = arrivals[end - 1].time
        start = end


def counters_of(configuration: Configuration, judged: list[tuple[Arrival, Judgement]]) -> dict[str, int]:
    """The accounts when every first outcome comes true and every certain reply is made."""
    count: Counter = Counter()
    for port in configuration.ports.values():
        count[f"ports.{port.name}.in"] = count[f"ports.{port.name}.out"] = 0
    for _, judgement in judged:
        count["frames.in"] += 1
        for name in judgement.ports:
            count[f"ports.{name}.in"] += 1
        outcome = judgement.outcomes[0]
        if outcome == "forward":
            count["frames.generated"] += len(judgement.outputs) - 1
            for output in judgement.outputs:
                count_out(configuration, count, output.candidates[0][0])
        elif outcome == "consume":
            count["frames.consumed"] += 1
        else:
            count_drop(count, outcome)
        for reply in judgement.replies:
            if not reply.certain:
                continue
            count["frames.generated"] += 1
            if reply.outcome == "out":
                count_out(configuration, count, reply.ways[0][0])
            else:
                count_drop(count, reply.outcome)
    for name in ("in", "out", "dropped", "consumed", "generated"):
        count[f"frames.{name}"] += 0
    return dict(count)


def count_out(configuration: Configuration, count: Counter, port: str) -> None:
    count["frames.out"] += 1
    for name in configuration.counted_at(port):
        count[f"ports.{name}.out"] += 1


def count_drop(count: Counter, outcome: str) -> None:
    count["frames.dropped"] += 1
    count["drops." + outcome.removeprefix("drop:")] += 1


def predict(configuration: Configuration, inputs: list[tuple[str, list[Record]]], burst: tuple[int, int] = (64, 50_000)):
    arrivals = merge(inputs)
    put_into_breaths(arrivals, *burst)
    router = Router(configuration)
    return [(arrival, router.judge(arrival.port, arrival.record, arrival.clock)) for arrival in arrivals]


def frame_json(arrival: Arrival, judgement: Judgement) -> dict:
    entry = {"port": arrival.port, "number": arrival.number, "clock": arrival.clock, "ports": judgement.ports,
             "outcomes": judgement.outcomes, "input": arrival.record.data.hex()}
    if judgement.outputs:
        entry["outputs"] = [[[port, data.hex()] for port, data in output.candidates] for output in judgement.outputs]
    if judgement.loose:
        entry["loose"] = judgement.loose
    if judgement.replies:
        entry["replies"] = [reply_json(reply) for reply in judgement.replies]
    return entry


def reply_json(reply) -> dict:
    return {"kind": reply.kind, "ways": [[port, [mac.hex() for mac in macs]] for port, macs in reply.ways], "certain": reply.certain,
            "destination": str(reply.destination), "sources": [str(source) for source in reply.sources], "outcome": reply.outcome,
            "exact": reply.exact.hex() if reply.exact is not None else None, "icmp": reply.icmp, "value": reply.value,
            "quote": reply.quote.hex(), "largerThanMtu": reply.larger_than_mtu, "linkLayerOption": reply.link_layer_option}


def prediction_json(path: str, configuration: Configuration, judged, inputs: list[dict]) -> dict:
    ports = {port.name: {"physical": configuration.physical(port.name).name, "countedAt": configuration.counted_at(port.name),
                         "tags": configuration.tags(port.name), "mac": port.mac.hex(), "mtu": port.mtu}
             for port in configuration.ports.values()}
    own = [str(address) for address in [*configuration.own, *configuration.link_locals.values()]]
    return {"configuration": path, "inputs": inputs, "ports": ports, "own": own, "counters": counters_of(configuration, judged),
            "frames": [frame_json(*pair) for pair in judged]}


def summary(judged, counters: dict[str, int]) -> str:
    several = sum(len(judgement.outcomes) > 1 for _, judgement in judged)
    replies = Counter((reply.kind, "certain" if reply.certain else "possible") for _, judgement in judged for reply in judgement.replies)
    lines = [f"{name}: {counters[name]}" for name in sorted(counters)]
    lines += [f"{kind} ({how}): {number}" for (kind, how), number in sorted(replies.items())]
    return "\n".join(lines + [f"frames with several right outcomes: {several}"])


def arguments_of(text: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--config", required=True)
    parser.add_argument("--in", dest="inputs", action="append", required=True, metavar="PORT=FILE")
    parser.add_argument("--predict", metavar="OUT.json")
    parser.add_argument("--burst", default="64,50", metavar="N[,MICROSECONDS]")
    parser.add_argument("--counters", action="store_true")
    parser.add_argument("--summary", action="store_true")
    arguments = parser.parse_args(text)
    most, _, window = arguments.burst.partition(",")
    arguments.burst = int(most), int(window or 50) * 1000
    return arguments


def main(text: list[str]) -> int:
    arguments = arguments_of(text)
    try:
        configuration = read_configuration(arguments.config)
    except (OSError, ValueError, KeyError, yaml.YAMLError) as wrong:
        print(f"oracle: {arguments.config}: {wrong}", file=sys.stderr)
        return 2
    inputs, accounts, damaged = [], [], False
    for item in arguments.inputs:
        port, separator, path = item.partition("=")
        if not separator or port not in configuration.ports or configuration.ports[port].parent is not None:
            print(f"oracle: --in {item}: no such physical port", file=sys.stderr)
            return 2
        try:
            capture = read_capture(path)
        except OSError as error:
            print(f"oracle: {path}: {error.strerror}", file=sys.stderr)
            return 1
        damaged |= capture.error is not None
        inputs.append((port, capture.records))
        accounts.append({"port": port, "file": path, "frames": len(capture.records), "error": capture.error})
    judged = predict(configuration, inputs, arguments.burst)
    counters = counters_of(configuration, judged)
    if arguments.predict:
        with open(arguments.predict, "w", encoding="utf-8") as file:
            json.dump(prediction_json(arguments.config, configuration, judged, accounts), file)
    if arguments.counters:
        print("\n".join(f"{name}: {counters[name]}" for name in sorted(counters)))
    if arguments.summary:
        print(summary(judged, counters))
    return 1 if damaged else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
