using System.Buffers.Binary;
using Appliance.Wire.Ethernet;
using Appliance.Wire.Ip;

namespace Appliance.Simulation;

/// <summary>How flaws of boxes show on their wires.</summary>
internal static class Flaws
{
    public const int Repetitions = 100;

    /// <summary>How often who wanders off hands everything over, or takes it back.</summary>
    public const long WanderingNanoseconds = 6 * Duration.Second;

    private const int SwallowsEvery = 50, SourcePortAt = EthernetView.HeaderLength + Ipv4View.MinHeaderLength;
    private const ushort OnePort = 50_000;

    /// <summary>Whether the <paramref name="ordinal"/>-th frame does not reach its cable.</summary>
    public static bool Swallows(Flaw flaw, long ordinal) => flaw == Flaw.SwallowsFrames && ordinal % SwallowsEvery == 0;

    /// <summary>Whether a frame does not get in.</summary>
    public static bool Refuses(Flaw flaw, ReadOnlySpan<byte> frame) => flaw == Flaw.LosesFlows
        && (IpProtocol)frame[EthernetView.HeaderLength + 9] == IpProtocol.Tcp
        && BinaryPrimitives.ReadUInt16BigEndian(frame[(SourcePortAt + sizeof(ushort))..]) == SimulatedHost.WebPort;

    /// <summary>A frame as it leaves; of a whole box the same.</summary>
    public static byte[] Changed(Flaw flaw, int port, byte[] frame)
    {
        bool isUdp = frame[12] == 8 && frame[13] == 0 && (IpProtocol)frame[EthernetView.HeaderLength + 9] == IpProtocol.Udp;
        if (flaw != Flaw.SharesPorts || port != PairConfiguration.Wan || !isUdp) return frame;
        Span<byte> udp = frame.AsSpan(SourcePortAt);
        BinaryPrimitives.WriteUInt16BigEndian(udp, OnePort);
        BinaryPrimitives.WriteUInt16BigEndian(udp[6..], 0);             // no checksum
        return frame;
    }
}
