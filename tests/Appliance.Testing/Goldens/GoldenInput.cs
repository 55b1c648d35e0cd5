using System.Buffers.Binary;
using System.Globalization;
using Appliance.Node;
using Appliance.Wire.Ip;
using Appliance.Wire.Pcap;
using Appliance.Wire.Transport;

namespace Appliance.Testing;

/// <summary>Makes the captures of a case from its text.</summary>
public static class GoldenInput
{
    private const long Start = 1_700_000_000_000_000_000;               // nanoseconds
    private const long Apart = 1_000_000;
    private const int QuotedTransport = 8;                              // bytes, of IPv4; IPv6 quotes all

    /// <summary>The capture of what comes in by one port.</summary>
    public static byte[] Capture(GoldenCase golden, string port)
    {
        using var stream = new MemoryStream();
        using (var writer = new PcapWriter(stream, leaveOpen: true))
        {
            var numbers = new Dictionary<string, uint>(StringComparer.Ordinal);
            foreach ((int i, (string at, string packet)) in golden.In.Index())
            {
                byte[] frame = packet.StartsWith("error ", StringComparison.Ordinal) ? Error(packet) : Packet(packet, numbers);
                if (at == port) writer.Write(frame, Start + (i * Apart));
            }
        }

        return stream.ToArray();
    }

    /// <summary>
    /// A frame as the text says. TCP has numbers that fit together: each end begins at 0 and acknowledges what was sent to it, or, if it
    /// was asked by another name, a SYN.
    /// </summary>
    /// <param name="text">The packet.</param>
    /// <param name="numbers">Of each end, the number that it sends next and, behind its name, the one that it expects.</param>
    private static byte[] Packet(string text, Dictionary<string, uint> numbers)
    {
        if (!PacketText.TryParse(text, out PacketText packet, out string error)) throw new FormatException($"{text}: {error}");
        byte[] frame = PacketBuilder.Build(packet, TestFrames.Router);
        if (packet.Protocol != IpProtocol.Tcp) return frame;
        string from = $"{packet.Source} {packet.SourcePort}", to = $"{packet.Destination} {packet.DestinationPort}";
        Span<byte> segment = frame.AsSpan(packet.Source.IsV6 ? 54 : 34);
        uint sequence = numbers.GetValueOrDefault(from);
        BinaryPrimitives.WriteUInt32BigEndian(segment[4..], sequence);
        bool acknowledges = packet.Flags.HasFlag(TcpFlags.Ack), counts = (packet.Flags & (TcpFlags.Syn | TcpFlags.Fin)) != 0;
        BinaryPrimitives.WriteUInt32BigEndian(segment[8..], acknowledges ? numbers.GetValueOrDefault(from + " expects", 1u) : 0);
        numbers[from] = numbers[to + " expects"] = sequence + (uint)packet.PayloadBytes + (counts ? 1u : 0u);
        segment[16..18].Clear();
        Span<byte> addresses = packet.Source.IsV6 ? frame.AsSpan(22, 32) : frame.AsSpan(26, 8);
        ushort start = PlainChecksum.PseudoHeader(addresses, 6, segment.Length);
        BinaryPrimitives.WriteUInt16BigEndian(segment[16..], (ushort)~PlainChecksum.Sum(segment, start));
        return frame;
    }

    /// <summary><c>error SRC > DST TYPE/CODE[:WORD] about PACKET</c>: an ICMP or ICMPv6 error that quotes it.</summary>
    private static byte[] Error(string text)
    {
        string[] halves = text.Split(" about ", 2), words = halves[0].Split(' ');
        string[] kind = words[4].Split('/', ':');
        (byte type, byte code) = (Number<byte>(kind[0]), Number<byte>(kind[1]));
        uint word = kind.Length > 2 ? Number<uint>(kind[2]) : 0;
        byte[] quoted = Packet(halves[1], []);
        bool isV6 = words[1].Contains(':', StringComparison.Ordinal);
        return isV6
            ? TestFrames.Ipv6(words[1], words[3], TestTransport.Icmpv6(type, code, word, quoted[14..]))
            : TestFrames.Ipv4(words[1], words[3], TestTransport.Icmp(type, code, word, quoted[14..(34 + QuotedTransport)]));
    }

    private static T Number<T>(string text) where T : IParsable<T> => T.Parse(text, CultureInfo.InvariantCulture);
}
