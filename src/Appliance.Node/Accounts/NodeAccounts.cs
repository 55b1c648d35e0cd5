using System.Collections.Immutable;
using Appliance.Engine;

namespace Appliance.Node;

/// <summary>
/// The accounts of all workers added up. At rest <see cref="IsBalanced"/> holds; it is checked at the end of every replay.
/// </summary>
public sealed record NodeAccounts
{
    public required long Received { get; init; }
    public required long Transmitted { get; init; }
    public required long Dropped { get; init; }
    public required long Consumed { get; init; }
    public required long Generated { get; init; }

    /// <summary>By <see cref="DropReason"/>; only those that occurred.</summary>
    public required ImmutableSortedDictionary<string, long> Drops { get; init; }

    /// <summary>By port index.</summary>
    public required ImmutableArray<PortCounters> Ports { get; init; }

    public required ImmutableArray<VcpuAccounts> Vcpus { get; init; }
    public required long ChecksumsVerified { get; init; }
    public required long ChecksumsBad { get; init; }
    public required long ChecksumsComputed { get; init; }
    public required long LroSegments { get; init; }
    public required long LroSuperframes { get; init; }
    public required long TsoSuperframes { get; init; }
    public required long TsoSegments { get; init; }

    /// <summary>One in and one out for a connection.</summary>
    public required long StatesCreated { get; init; }

    public required long StatesEnded { get; init; }

    public bool IsBalanced => Received + Generated == Transmitted + Dropped + Consumed;

    public static NodeAccounts Read(ApplianceNode node)
    {
        WorkerCounters[] counters = [.. node.Workers.Select(worker => worker.Counters)];
        return new NodeAccounts
        {
            Received = counters.Sum(count => count.Received),
            Transmitted = counters.Sum(count => count.Transmitted),
            Dropped = counters.Sum(count => count.Dropped),
            Consumed = counters.Sum(count => count.Consumed),
            Generated = counters.Sum(count => count.Generated),
            Drops = AddDrops(counters),
            Ports = AddPorts(counters, node.Models.Ports.Count),
            Vcpus = [.. node.Workers.Select(worker => new VcpuAccounts(
                worker.Id, worker.Counters.OwnedFrames, worker.Counters.OwnedBytes, worker.Counters.Batches))],
            ChecksumsVerified = counters.Sum(count => count.ChecksumsVerified),
            ChecksumsBad = counters.Sum(count => count.ChecksumsBad),
            ChecksumsComputed = counters.Sum(count => count.ChecksumsComputed),
            LroSegments = counters.Sum(count => count.LroSegments),
            LroSuperframes = counters.Sum(count => count.LroSuperframes),
            TsoSuperframes = counters.Sum(count => count.TsoSuperframes),
            TsoSegments = counters.Sum(count => count.TsoSegments),
            StatesCreated = counters.Sum(count => count.StatesCreated),
            StatesEnded = counters.Sum(count => count.StatesEnded),
        };
    }

    private static ImmutableSortedDictionary<string, long> AddDrops(WorkerCounters[] counters)
    {
        var drops = ImmutableSortedDictionary.CreateBuilder<string, long>(StringComparer.Ordinal);
        for (int reason = 0; reason < DropReasonNames.Count; reason++)
        {
            long sum = counters.Sum(count => count.Drops[reason]);
            if (sum > 0) drops[DropReasonNames.Of((DropReason)reason)] = sum;
        }

        return drops.ToImmutable();
    }

    private static ImmutableArray<PortCounters> AddPorts(WorkerCounters[] counters, int ports)
    {
        var sums = new PortCounters[ports];
        foreach (WorkerCounters count in counters)
        {
            ReadOnlySpan<PortCounters> known = count.Ports;             // a worker may not know the newest ports yet
            for (int port = 0; port < Math.Min(ports, known.Length); port++)
                sums[port].Add(known[port]);
        }

        return [.. sums];
    }
}
