using Appliance.Engine;
using Appliance.Wire.Ip;

namespace Appliance.Firewall.Tests;

/// <summary>A table with what it needs around it, and keys from a universe so small that they meet.</summary>
internal sealed class FlowRig : IFlowObserver, IFlowSteering, IDisposable
{
    public const int Buckets = 32;
    public const long Second = 1_000_000_000;

    public FlowRig(
        int maxStates = 10_000, StateLimits? limits = null, ulong seed = 1, int maxAliases = 1000, ulong digestMask = ulong.MaxValue)
    {
        Limits = limits ?? new StateLimits(maxStates, AdaptiveTimeouts.Off, 16);
        Hash = new FlowHash(KeyedRandom.FromSeed(seed), digestMask);
        Table = new FlowTable(new FlowTableSize(maxStates, maxAliases, Buckets), Limits, Hash, this, this, default);
    }

    public FlowHash Hash { get; }

    public FlowTable Table { get; }

    public StateLimits Limits { get; }

    public Func<FlowKey, ushort> Steering { get; set; } = SumOf;

    /// <summary>What the table has told about, by the states' ids.</summary>
    public List<(ulong Id, FlowEnd Why)> Ended { get; } = [];

    public static FlowKey Key(int outside, int inside, ushort port = FlowKey.AnyPort, bool isV6 = false, ushort outsidePort = 1) =>
        new(isV6, IpProtocol.Tcp, (uint)outside, outsidePort, (uint)inside, 443, port);

    public static FlowKey DrawKey(Random random, bool canBind = true)
    {
        ushort port = canBind && random.Next(3) == 0 ? (ushort)random.Next(2) : FlowKey.AnyPort;
        return new FlowKey(
            random.Next(2) == 0, random.Next(4) == 0 ? IpProtocol.Udp : IpProtocol.Tcp, (uint)random.Next(6), (ushort)random.Next(6),
            (uint)random.Next(6), (ushort)random.Next(3), port);
    }

    /// <summary>Two buckets that may have states of a key whose frames arrive in <see cref="SumOf"/>.</summary>
    public static int[] OwnersOf(FlowKey key) => [(SumOf(key) + 1) % Buckets, (SumOf(key) + 2) % Buckets];

    public static PackedFlowKey Pack(in FlowKey key) =>
        PackedFlowKey.OfIpv4(key.Protocol, (uint)key.Outside, key.OutsidePort, (uint)key.Inside, key.InsidePort, key.Port);

    /// <summary>Makes a state that must be admitted.</summary>
    public int Insert(
        in FlowKey wire, ulong id = 0, FlowKey? stack = null, ushort bucket = 0, uint seconds = 60, long now = 0, uint account = 0,
        FlowDirection direction = FlowDirection.In, bool isOfAnswer = false)
    {
        var flow = new NewFlow(wire, stack ?? wire, direction, bucket, seconds, account, isOfAnswer);
        FlowAdmission admission = Table.TryInsert(flow, new MonotonicTime(now), out int index);
        if (admission != FlowAdmission.Admitted) throw new InvalidOperationException($"refused: {admission}");
        Table[index].Id = id;
        return index;
    }

    public int ExpireAll(long now)
    {
        int steps = 0, taken;
        do steps += taken = Table.Expire(new MonotonicTime(now), 100);
        while (taken == 100);
        return steps;
    }

    public void Dispose() => Table.Dispose();

    void IFlowObserver.Ended(int index, ref FlowRecord state, FlowEnd why) => Ended.Add((state.Id, why));

    ushort IFlowSteering.BucketOf(in FlowKey arriving, bool isReply) => Steering(arriving);

    public static ushort SumOf(FlowKey key) => (ushort)((uint)(key.Outside + (key.Inside * 5)) % Buckets);
}
