using Appliance.Engine;
using Appliance.Testing;
using Appliance.Wire.Ip;
using Xunit;

namespace Appliance.Offload.Tests.Steering;

/// <summary>What is hashed of a frame under given rules.</summary>
internal sealed class SteeringRig : IDisposable
{
    private readonly BatchRig _batches = new();
    private readonly TupleBatch _tuples = new();

    public static readonly ToeplitzHash Hash = new(RssKey.Microsoft);

    public static SteeringRules Symmetric { get; } = new(Hash, Symmetric: true, HashTypes.None, IndirectionTable.Even(128, 2));

    public static SteeringRules Ndis(HashTypes types) => new(Hash, Symmetric: false, types, IndirectionTable.Even(128, 2));

    /// <summary>The hash that the batch gives, which is that of its slow twin, or null when there is nothing to hash.</summary>
    public uint? HashOf(byte[] bytes, SteeringRules rules)
    {
        byte[] input = InputOf(bytes, rules);
        Frame frame = _batches.Parsed(bytes);
        uint answer = _tuples.Hash([frame], rules)[0];
        bool isPlain = frame.Info is { Network: NetworkKind.Ipv4, Protocol: IpProtocol.Tcp or IpProtocol.Udp }
            && (frame.Info.Traits & (FrameTraits.Ports | FrameTraits.Fragment | FrameTraits.Options)) == FrameTraits.Ports;
        if (isPlain) Assert.Equal(answer, _tuples.Hash([frame], rules, BatchFacts.PlainIpv4)[0]);
        uint? hash = frame.Info.Traits.HasFlag(FrameTraits.Hashed) ? answer : null;
        _batches.Return(frame);
        Assert.Equal(input.Length == 0 ? null : rules.Hash.Hash(input), hash);
        return hash;
    }

    public byte[] InputOf(byte[] bytes, SteeringRules rules)
    {
        Frame frame = _batches.Parsed(bytes);
        var tuple = new byte[ToeplitzHash.MaxInputLength];
        int length = SteeringTuple.Write(frame, rules, tuple);
        _batches.Return(frame);
        return tuple[..length];
    }

    public void Dispose() => _batches.Dispose();

    /// <summary>A datagram of the family that the addresses have.</summary>
    public static byte[] Frame(string source, string destination, TestTransport transport, params TestExtension[] extensions) =>
        source.Contains(':')
            ? TestFrames.Ipv6(source, destination, transport, null, extensions)
            : TestFrames.Ipv4(source, destination, transport);
}
