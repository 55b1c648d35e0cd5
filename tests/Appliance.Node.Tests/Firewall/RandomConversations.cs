using System.Buffers.Binary;
using Appliance.Testing;
using Appliance.Wire.Transport;

namespace Appliance.Node.Tests.Firewall;

/// <summary>
/// A random ruleset and packets for it: new flows between few endpoints, answers to what has left, errors about it, the same again. Seeded.
/// </summary>
internal sealed class RandomConversations
{
    private const int Remembered = 60;

    /// <summary>Nanoseconds: longer than tcp.established.</summary>
    public const long AllEnd = 90_000_000_000_000;

    private const long Second = 1_000_000_000;                          // nanoseconds

    private static readonly string[] Inside = ["192.168.1.10", "192.168.1.11", "192.168.1.66", "192.168.1.80"];
    private static readonly string[] Outside = ["198.51.100.7", "198.51.100.8"];
    private static readonly string[] Outer = ["203.0.113.2", "203.0.113.80", "203.0.113.32"];
    private static readonly ushort[] Ports = [53, 80, 1000, 1001, 8080, 8081];

    private static readonly string[][] Translations =
    [
        ["nat on wan inet from 192.168.1.0/24 to any -> (wan)"],
        ["nat on wan inet from 192.168.1.0/24 to any -> (wan) static-port"],
        ["nat on wan inet from 192.168.1.0/24 to any -> (wan) port 60000:60002"],
        ["nat on wan inet proto udp from 192.168.1.0/24 to any -> (wan) endpoint-independent", "nat on wan inet from any to any -> (wan)"],
        ["nat on wan inet from 192.168.1.0/24 to any -> 203.0.113.32/30 round-robin sticky-address"],
        ["nat on wan inet from 192.168.1.0/24 to any -> 203.0.113.32/31 random static-port"],
        ["binat on wan inet from 192.168.1.80 to any -> 203.0.113.80", "nat on wan inet from any to any -> 203.0.113.80 static-port"],
        [],
    ];

    private static readonly string[][] Redirections =
    [
        ["rdr on wan inet proto { tcp udp } from any to 203.0.113.2 port 8080:8081 -> 192.168.1.80 port 80"],
        [
            "nat on lan inet from 192.168.1.0/24 to 192.168.1.80 -> (lan)",
            "rdr on { wan lan } inet proto { tcp udp } from any to 203.0.113.2 port { 8080 8081 } -> 192.168.1.80 port 80",
        ],
        ["rdr on wan inet proto udp from any to 203.0.113.2 -> { 192.168.1.10 192.168.1.11 192.168.1.80 } round-robin"],
        ["rdr pass on wan inet proto icmp from any to 203.0.113.2 -> 192.168.1.80"],
        [],
    ];

    private static readonly string[][] Filters =
    [
        ["pass all"],
        ["block in on wan", "pass on lan", "pass out on wan", "pass in on wan to 192.168.1.80"],
        ["block return all", "pass on lan", "pass out on wan", "pass in on wan proto tcp to port 80"],
        ["pass all", "pass in on lan proto udp keep state (max 3)"],
        ["pass all", "pass in on lan keep state (source-track rule, max-src-states 4)"],
        ["set state-policy if-bound", "pass all"],
        ["set limit states 30", "set timeout { adaptive.start 0, adaptive.end 0 }", "pass all"],
        ["pass all", "pass on lan proto tcp keep state (sloppy)", "block return in on wan proto udp to port 1000"],
    ];

    /// <summary>Rules that keep state at one of the two places, or at none; places where nobody looks; timeouts that shrink.</summary>
    private static readonly string[][] Exceptions =
    [
        [], [], [], [], [], [],
        ["pass on lan no state"],
        ["pass on wan no state"],
        ["pass in on lan no state"],
        ["pass in on wan no state"],
        ["pass out on lan no state"],
        ["pass out on wan no state"],
        ["set skip on lan"],
        ["set skip on wan"],
        ["set limit states 60"],
        ["set limit states 60"],
        ["set limit states 60", "pass in on lan keep state (adaptive.start 4, adaptive.end 20)"],
        ["pass on lan keep state (adaptive.start 4, adaptive.end 20)"],
    ];

    /// <summary>Under the first both directions of a flow arrive in one bucket.</summary>
    private static readonly string[] Keys = ["", "", "key: microsoft, ", "key: microsoft, hash: [ipv4], "];

    /// <summary>Seconds in which some states end: exactly timeouts of pf, and more.</summary>
    private static readonly int[] Waits = [1, 5, 10, 11, 20, 21, 30, 31, 45, 46, 60, 61, 90, 91, 120, 121, 900];

    private readonly Random _random;
    private readonly List<(string Port, byte[] Frame)> _seen = [];

    public RandomConversations(int seed)
    {
        _random = new Random(seed);
        string[] exception = Pick(Exceptions);
        bool hasLimit = exception.Any(line => line.StartsWith("set limit", StringComparison.Ordinal));
        string[] filter = [.. Pick(Filters).Where(line => !hasLimit || !IsOption(line)), .. exception];
        string[] lines =
            [.. filter.Where(IsOption), .. Pick(Redirections), .. Pick(Translations), .. filter.Where(line => !IsOption(line))];
        Rules = string.Join('\n', lines) + "\n";
        Configuration = $"{Boxes.Edge}vrss: {{{Pick(Keys)}rebalance: off}}\n{Boxes.Ruleset}{Rules}";
    }

    public string Rules { get; }

    public string Configuration { get; }

    /// <summary>What has left is answered, by and by.</summary>
    public void Saw(IReadOnlyList<(string Port, byte[] Frame)> left)
    {
        _seen.AddRange(left);
        if (_seen.Count > Remembered) _seen.RemoveRange(0, _seen.Count - Remembered);
    }

    /// <summary>The next packet, where it arrives, and how long after the last one.</summary>
    public (string Port, byte[] Frame, long Wait) Next()
    {
        long wait = _random.Next(400) switch
        {
            < 3 => AllEnd,
            < 20 => (Pick(Waits) * Second) + (_random.Next(2) * Second / 2),
            _ => Second / 1000,
        };
        if (_seen.Count > 0 && _random.Next(2) == 0)
        {
            (string port, byte[] left) = _seen[_random.Next(_seen.Count)];
            byte[]? about = _random.Next(6) == 0 ? Error(left) : Answer(left);
            if (about is not null) return (port, about, wait);
        }

        bool isInside = _random.Next(2) == 0;
        return (isInside ? "lan" : "wan", isInside ? FromInside() : FromOutside(), wait);
    }

    private byte[] FromInside() => New(Pick(Inside), _random.Next(4) == 0 ? Pick(Outer) : Pick(Outside));

    private byte[] FromOutside() => New(Pick(Outside), _random.Next(3) == 0 ? Pick(Inside) : Pick(Outer));

    private byte[] New(string from, string to)
    {
        ushort port = Pick(Ports), service = Pick(Ports);
        return _random.Next(11) switch
        {
            0 => TestFrames.Ipv4(from, to, TestTransport.Icmp(13, 0, (uint)_random.Next(2) << 16, new byte[12])),
            < 3 => TestFrames.Ipv4(from, to, TestTransport.EchoRequest((ushort)_random.Next(2))),
            < 5 => TestFrames.Ipv4(from, to, TestTransport.Raw(Wire.Ip.IpProtocol.Gre, new byte[8])),
            < 7 => NatTests.Udp(from, port, to, service),
            < 9 => NatTests.Tcp(from, port, to, service, TcpFlags.Ack, 1001, 9001, 10),
            _ => NatTests.Tcp(from, port, to, service, TcpFlags.Syn, 1000),
        };
    }

    /// <summary>The other end's answer, at the numbers that it was sent.</summary>
    private byte[]? Answer(byte[] left)
    {
        ReadOnlySpan<byte> transport = left.AsSpan(34);
        (string from, string to) = (Address(left, 30), Address(left, 26));
        switch (left[23])
        {
            case 1 when transport[0] is 8:
                return TestFrames.Ipv4(from, to, TestTransport.EchoReply(BinaryPrimitives.ReadUInt16BigEndian(transport[4..])));
            case 1 when transport[0] is 13:
                uint query = (uint)BinaryPrimitives.ReadUInt16BigEndian(transport[4..]) << 16;
                return TestFrames.Ipv4(from, to, TestTransport.Icmp(14, 0, query, new byte[12]));
            case 17:
                return NatTests.Udp(from, Word(transport, 2), to, Word(transport, 0));
            case 6:
                var flags = (TcpFlags)transport[13];
                uint sequence = BinaryPrimitives.ReadUInt32BigEndian(transport[8..]);
                uint next = BinaryPrimitives.ReadUInt32BigEndian(transport[4..]) + (flags.HasFlag(TcpFlags.Syn) ? 1u : 0);
                TcpFlags answer = flags == TcpFlags.Syn
                    ? TcpFlags.Syn | TcpFlags.Ack
                    : Pick([TcpFlags.Ack, TcpFlags.Fin | TcpFlags.Ack, TcpFlags.Rst]);
                if (flags == TcpFlags.Syn) sequence = 9000;
                return NatTests.Tcp(from, Word(transport, 2), to, Word(transport, 0), answer, sequence, next);
            case 47:
                return TestFrames.Ipv4(from, to, TestTransport.Raw(Wire.Ip.IpProtocol.Gre, new byte[8]));
            default:
                return null;
        }
    }

    private byte[]? Error(byte[] left) => left[23] == 1 && left[34] is not (0 or 8 or 13 or 14)
        ? null
        : TestFrames.Ipv4("198.51.100.99", Address(left, 26), TestTransport.Icmp(3, 1, 0, left.AsSpan(14, 28).ToArray()));

    private static string Address(byte[] frame, int at) => new System.Net.IPAddress(frame.AsSpan(at, 4)).ToString();

    private static ushort Word(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt16BigEndian(bytes[at..]);

    private static bool IsOption(string line) => line.StartsWith("set", StringComparison.Ordinal);

    private T Pick<T>(T[] from) => from[_random.Next(from.Length)];
}
