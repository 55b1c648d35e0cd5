using System.Buffers.Binary;
using Appliance.Testing;
using Appliance.Wire.Checksums;
using Appliance.Wire.Ip;
using Appliance.Wire.Transport;

namespace Appliance.Tests.Threads;

/// <summary>
/// Flows of numbered frames, and what is seen of them when they leave: each flow in order, never two of its frames at once, and every
/// number that is missing counted. A third of the flows are TCP whose segments follow one another, so that trains form; the others are UDP
/// without a checksum.
/// </summary>
internal sealed class RaceFlows
{
    public const int Count = 512;

    private const int PayloadAt = 42;                   // of UDP; TCP's is 12 bytes further
    private const int TcpPayloadAt = 54;
    private const int PayloadBytes = 8;                 // flow, then number

    private readonly byte[][] _templates = [.. Enumerable.Range(0, Count).Select(Template)];
    private readonly ulong[] _sums;                     // of TCP, with sequence, payload and checksum zero
    private readonly uint[] _entered = new uint[Count];
    private readonly uint[] _left = new uint[Count];
    private readonly int[] _leaving = new int[Count];
    private long _missing;

    public RaceFlows() => _sums = [.. _templates.Select(frame => IsTcp(frame)
        ? InternetChecksum.Sum(frame.AsSpan(34)) + InternetChecksum.Ipv4PseudoHeader(frame.AsSpan(26, 8), IpProtocol.Tcp, frame.Length - 34)
        : 0)];

    /// <summary>The first thing that was wrong, if any.</summary>
    public string? Fault { get; private set; }

    /// <summary>Numbers that never left, once everything is at rest.</summary>
    public long Missing => _missing + _entered.Zip(_left, (entered, left) => (long)entered - left).Sum();

    public long Entered => _entered.Sum(count => (long)count);

    public int LengthOf(int flow) => _templates[flow].Length;

    /// <summary>Writes the flow's next frame. Called by one thread for each flow.</summary>
    public void WriteNext(int flow, Span<byte> frame)
    {
        byte[] template = _templates[flow];
        template.CopyTo(frame);
        uint number = ++_entered[flow];
        Span<byte> payload = frame[^PayloadBytes..];
        BinaryPrimitives.WriteInt32BigEndian(payload, flow);
        BinaryPrimitives.WriteUInt32BigEndian(payload[4..], number);
        if (!IsTcp(template)) return;
        BinaryPrimitives.WriteUInt32BigEndian(frame[38..], number * PayloadBytes);
        BinaryPrimitives.WriteUInt16BigEndian(frame[18..], 0);
        ulong sum = _sums[flow] + InternetChecksum.Sum(payload) + InternetChecksum.Sum(frame.Slice(38, 4));
        BinaryPrimitives.WriteUInt16BigEndian(frame[50..], InternetChecksum.Finish(sum));
    }

    /// <summary>Looks at a frame that leaves, on whatever thread.</summary>
    public void See(ReadOnlySpan<byte> frame)
    {
        ReadOnlySpan<byte> payload = frame[^PayloadBytes..];
        int flow = BinaryPrimitives.ReadInt32BigEndian(payload);
        uint number = BinaryPrimitives.ReadUInt32BigEndian(payload[4..]);
        if (Interlocked.Exchange(ref _leaving[flow], 1) != 0) Fault ??= $"flow {flow} leaves on two workers at once";
        uint last = _left[flow];
        if (number <= last) Fault ??= $"flow {flow}: {number} leaves behind {last}";
        else if (number > last + 1) Interlocked.Add(ref _missing, number - last - 1);
        _left[flow] = number;
        Volatile.Write(ref _leaving[flow], 0);
    }

    private static bool IsTcp(byte[] frame) => frame[23] == (byte)IpProtocol.Tcp;

    private static byte[] Template(int flow)
    {
        string source = $"192.168.1.{10 + (flow % 200)}", destination = $"198.51.100.{1 + (flow % 250)}";
        var payload = new byte[PayloadBytes];
        if (flow % 3 != 0)
            return TestFrames.With(TestFrames.Ipv4(source, destination, TestTransport.Udp((ushort)(1000 + flow), 53, payload)), 40, 0, 0);
        byte[] frame = TestFrames.Ipv4(source, destination, TestTransport.Tcp((ushort)(1000 + flow), 443, TcpFlags.Ack, PayloadBytes));
        frame.AsSpan(38, 4).Clear();
        frame.AsSpan(50, 2).Clear();
        frame.AsSpan(^PayloadBytes..).Clear();
        return frame;
    }
}
