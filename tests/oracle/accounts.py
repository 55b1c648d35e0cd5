"""The accounts of `replay --json` against the prediction: is there an assignment of right outcomes that gives these numbers?"""
from __future__ import annotations

from collections import Counter, deque


def outcome_groups(prediction: dict, forwarded: set[int]) -> Counter:
    """Frames by the set of outcomes that they may still have, once it is known which of them left."""
    groups: Counter = Counter()
    for index, frame in enumerate(prediction["frames"]):
        outcomes = frozenset(frame["outcomes"])
        outcomes -= {"forward"}                        # one that had to leave and did not is named elsewhere
        if outcomes and not (index in forwarded or frame.get("loose")):
            groups[outcomes] += 1
        for reply in frame.get("replies", []):
            if reply["outcome"] != "out":
                groups[frozenset([reply["outcome"]] + ([] if reply["certain"] else ["not made"]))] += 1
    return groups


def assignable(groups: Counter, buckets: dict[str, int]) -> bool:
    """Maximum flow from groups to buckets: every bucket filled exactly, every frame in a bucket (or not made)."""
    names = list(groups)
    total, wanted = sum(groups.values()), sum(buckets.values())
    flow: dict[tuple, int] = Counter()
    filled: Counter = Counter()

    def augment(start: int) -> int:
        """One breadth-first path from a group with frames left to a bucket with room; answers how much it moved."""
        parents, queue = {("g", start): None}, deque([("g", start)])
        while queue:
            node = queue.popleft()
            if node[0] == "b":
                if node[1] == "not made" or filled[node[1]] < buckets.get(node[1], 0):
                    return push(parents, node)
                edges = [("g", i) for i in range(len(names)) if flow[i, node[1]] > 0]
            else:
                edges = [("b", bucket) for bucket in names[node[1]]]
            for edge in edges:
                if edge not in parents:
                    parents[edge] = node
                    queue.append(edge)
        return 0

    def push(parents: dict, end: tuple) -> int:
        filled[end[1]] += 1
        node = end
        while parents[node] is not None:
            before = parents[node]
            if node[0] == "b":
                flow[before[1], node[1]] += 1
            else:
                flow[node[1], before[1]] -= 1
            node = before
        return 1

    placed = sum(augment(i) for i, outcomes in enumerate(names) for _ in range(groups[outcomes]))
    return placed == total and sum(filled[bucket] for bucket in buckets) == wanted


def account_faults(prediction: dict, replay: dict, forwarded: set[int], sent: dict[str, int], made: tuple[int, int]) -> list[str]:
    """`sent`: frames found in each output; `made`: generated frames found among them, and the bound for those made and dropped."""
    frames, drops, faults = replay["frames"], replay.get("drops", {}), []
    if frames["in"] + frames["generated"] != frames["out"] + frames["dropped"] + frames["consumed"]:
        faults.append("in + generated is not out + dropped + consumed")
    if sum(drops.values()) != frames["dropped"]:
        faults.append(f"the drops by reason sum up to {sum(drops.values())}, not to {frames['dropped']}")
    if frames["in"] != len(prediction["frames"]):
        faults.append(f"in is {frames['in']}, not {len(prediction['frames'])}")
    if frames["out"] != sum(sent.values()):
        faults.append(f"out is {frames['out']}, but the outputs hold {sum(sent.values())}")
    if not made[0] <= frames["generated"] <= made[0] + made[1]:
        faults.append(f"generated is {frames['generated']}, not {made[0]}" + (f" to {made[0] + made[1]}" if made[1] else ""))
    if sum(vcpu["frames"] for vcpu in replay.get("vcpus", [])) != frames["in"] and "vcpus" in replay:
        faults.append("the vCPUs' frames do not sum up to in")
    buckets = {"drop:" + reason: count for reason, count in drops.items() if count} | {"consume": frames["consumed"]}
    if not assignable(outcome_groups(prediction, forwarded), buckets):
        faults.append("drops and consumed do not fit the frames: " + differences(prediction["counters"], drops, frames["consumed"]))
    return faults + port_faults(prediction, replay, sent)


def differences(counters: dict[str, int], drops: dict[str, int], consumed: int) -> str:
    expected = {name.removeprefix("drops."): count for name, count in counters.items() if name.startswith("drops.")} | {
        "consumed": counters["frames.consumed"]}
    actual = dict(drops) | {"consumed": consumed}
    return ", ".join(f"{name} {actual.get(name, 0)} (expected {expected.get(name, 0)})" for name in sorted({*expected, *actual})
                     if actual.get(name, 0) != expected.get(name, 0)) or "the sums agree, but not frame by frame"


def port_faults(prediction: dict, replay: dict, sent: dict[str, int]) -> list[str]:
    faults = []
    for name in prediction["ports"]:
        actual = replay.get("ports", {}).get(name)
        if actual is None:
            faults.append(f"port {name} has no account")
            continue
        received, left = number_of(actual["in"]), number_of(actual["out"])
        if received != prediction["counters"][f"ports.{name}.in"]:
            faults.append(f"ports.{name}.in is {received}, not {prediction['counters'][f'ports.{name}.in']}")
        if name in sent and left != sent[name]:
            faults.append(f"ports.{name}.out is {left}, but its output holds {sent[name]}")
    return faults


def number_of(account) -> int:
    return account["frames"] if isinstance(account, dict) else account
