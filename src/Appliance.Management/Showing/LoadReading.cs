using Appliance.Configuration;
using Appliance.Engine;
using Appliance.Node;

namespace Appliance.Management;

internal static class LoadReading
{
    private static readonly (HashTypes Type, string Name)[] Hashes =
    [
        (HashTypes.Ipv4, "ipv4"), (HashTypes.Ipv6, "ipv6"), (HashTypes.TcpIpv4, "tcp-ipv4"), (HashTypes.TcpIpv6, "tcp-ipv6"),
        (HashTypes.UdpIpv4, "udp-ipv4"), (HashTypes.UdpIpv6, "udp-ipv6"),
    ];

    public static VcpuDocument[] ReadVcpus(IRunningAppliance appliance)
    {
        ApplianceNode node = appliance.Node;
        long all = Math.Max(1, node.Workers.Sum(worker => worker.Counters.OwnedFrames));
        return [.. node.Workers.Select(worker => new VcpuDocument(
            worker.Id,
            worker.Counters.OwnedFrames,
            worker.Counters.OwnedBytes,
            worker.Counters.Batches,
            (double)worker.Counters.OwnedFrames / all,
            worker.Counters.HandedOff,
            worker.Counters.Express,
            worker.FramesHeld,
            appliance.BusyShareOf(worker.Id)))];
    }

    public static VrssDocument ReadVrss(ApplianceNode node)
    {
        SteeringModel asked = node.Configuration.Steering;
        SteeringRules rules = node.Steering;
        long all = Math.Max(1, node.Workers.Sum(worker => worker.Counters.OwnedFrames));
        return new VrssDocument(
            asked.KeyKind == SteeringKeyKind.Given
                ? Convert.ToHexStringLower(asked.Key.AsSpan())
                : asked.KeyKind.ToString().ToLowerInvariant(),
            [.. Hashes.Where(hash => (rules.Types & hash.Type) != HashTypes.None).Select(hash => hash.Name)],
            [.. rules.Table.Owners.Select(owner => (int)owner)],
            asked.Rebalance,
            node.IsSteeringSettled,
            [.. node.Workers.Select(worker => new VcpuShareDocument(
                worker.Id, worker.Counters.OwnedFrames, (double)worker.Counters.OwnedFrames / all))]);
    }
}
