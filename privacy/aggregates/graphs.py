"""Mixed graphs: which edges lie on a cycle that follows the directions of the edges that have one.

Edges of a tree of strong components, and bridges inside a component, lie on none. An undirected edge that is
no bridge of its component can be directed so that the component stays strong (Boesch and Tindell 1980), so it
lies on a cycle.
"""

from __future__ import annotations

from collections.abc import Sequence


def on_cycles(nodes: int, edges: Sequence[tuple[int, int, bool]]) -> list[bool]:
    """For each edge (from, to, whether it may be walked backwards too) whether it lies on a mixed cycle."""
    out: list[list[int]] = [[] for _ in range(nodes)]
    for start, end, both in edges:
        out[start].append(end)
        if both:
            out[end].append(start)
    component = _components(out)
    inside = [component[start] == component[end] for start, end, _ in edges]
    bridges = _bridges(nodes, [(start, end) for start, end, _ in edges], inside)
    return [
        kept and (not both or number not in bridges)
        for number, (kept, (_, _, both)) in enumerate(zip(inside, edges, strict=True))
    ]


def _components(out: list[list[int]]) -> list[int]:
    """The strong component of each node (Tarjan), without recursion."""
    count = len(out)
    index, low, component = [-1] * count, [0] * count, [-1] * count
    stack: list[int] = []
    clock = found = 0
    for root in range(count):
        if index[root] >= 0:
            continue
        walk = [(root, 0)]
        while walk:
            node, at = walk.pop()
            if at == 0:
                index[node] = low[node] = clock
                clock += 1
                stack.append(node)
            else:
                low[node] = min(low[node], low[out[node][at - 1]])
            while at < len(out[node]):
                other = out[node][at]
                at += 1
                if index[other] < 0:
                    walk += [(node, at), (other, 0)]
                    break
                if component[other] < 0:
                    low[node] = min(low[node], index[other])
            else:
                if low[node] == index[node]:
                    while True:
                        member = stack.pop()
                        component[member] = found
                        if member == node:
                            break
                    found += 1
    return component


def _bridges(nodes: int, edges: Sequence[tuple[int, int]], kept: Sequence[bool]) -> set[int]:
    """The numbers of the kept edges without which their ends would not hang together."""
    beside: list[list[tuple[int, int]]] = [[] for _ in range(nodes)]
    for number, (start, end) in enumerate(edges):
        if kept[number]:
            beside[start].append((end, number))
            beside[end].append((start, number))
    index, low = [-1] * nodes, [0] * nodes
    bridges: set[int] = set()
    clock = 0
    for root in range(nodes):
        if index[root] >= 0:
            continue
        index[root] = low[root] = clock
        clock += 1
        walk = [(root, -1, 0)]
        while walk:
            node, came, at = walk.pop()
            if at < len(beside[node]):
                walk.append((node, came, at + 1))
                other, number = beside[node][at]
                if number == came:
                    continue
                if index[other] < 0:
                    index[other] = low[other] = clock
                    clock += 1
                    walk.append((other, number, 0))
                else:
                    low[node] = min(low[node], index[other])
            elif walk:
                parent = walk[-1][0]
                low[parent] = min(low[parent], low[node])
                if low[node] > index[parent]:
                    bridges.add(came)
    return bridges
