using System.Globalization;
using Appliance.Wire.Ip;
using Appliance.Wire.Transport;

namespace Appliance.Node;

/// <summary>
/// A packet in one line, as users type it for <c>trace --packet</c>:
/// <c>[vlan N] PROTO SRC[:PORT] &gt; DST[:PORT] [FLAGS S|SA|A|F|R|P…] [ttl N] [len N] [id N] [type N code N] [df]</c>.
/// </summary>
public sealed record PacketText
{
    public const int MaxPayloadBytes = 9000;

    private const string FlagsForm = "TCP flags as letters, such as S, SA, PA, F or R";

    public ushort? VlanId { get; private set; }
    public IpProtocol Protocol { get; private set; }
    public IpAddress Source { get; private set; }
    public IpAddress Destination { get; private set; }
    public ushort SourcePort { get; private set; }
    public ushort DestinationPort { get; private set; }
    public TcpFlags Flags { get; private set; } = TcpFlags.Syn;
    public byte HopLimit { get; private set; } = 64;

    /// <summary>Bytes behind the transport header.</summary>
    public int PayloadBytes { get; private set; }

    /// <summary>The ICMP echo identifier; of other protocols, the IPv4 identification.</summary>
    public ushort Identifier { get; private set; }

    /// <summary>IPv4 only.</summary>
    public bool DontFragment { get; private set; }

    public byte? IcmpType { get; private set; }
    public byte IcmpCode { get; private set; }

    /// <summary>Reads a packet; false with what was expected and the 1-based column where.</summary>
    public static bool TryParse(string text, out PacketText packet, out string error)
    {
        packet = new PacketText();
        var words = new WordReader(text);
        error = packet.ReadHead(words) ?? packet.ReadRest(words) ?? "";
        return error.Length == 0;
    }

    private static bool HasPorts(IpProtocol protocol) => protocol is IpProtocol.Tcp or IpProtocol.Udp or IpProtocol.Sctp;

    private string? ReadHead(WordReader words)
    {
        if (words.TryTake("vlan"))
        {
            if (!words.TryTakeNumber(1, 4094, out int vlan)) return words.Expected("a VLAN from 1 to 4094");
            VlanId = (ushort)vlan;
        }

        if (!TryReadProtocol(words)) return words.Expected("tcp, udp, icmp, icmp6, sctp or a protocol number");
        if (!TryReadEndpoint(words, out IpAddress source, out ushort sourcePort))
            return words.Expected($"the source {EndpointForm(words.Peek)}");
        if (!words.TryTake(">")) return words.Expected("'>' between source and destination");
        if (!TryReadEndpoint(words, out IpAddress destination, out ushort destinationPort))
            return words.Expected($"the destination {EndpointForm(words.Peek)}");
        if (source.IsV6 != destination.IsV6) return words.ExpectedBefore("a destination of the source's family");
        if (Protocol == (source.IsV6 ? IpProtocol.Icmp : IpProtocol.Icmpv6))
            return words.ExpectedBefore("icmp with IPv4 and icmp6 with IPv6 addresses");
        (Source, SourcePort, Destination, DestinationPort) = (source, sourcePort, destination, destinationPort);
        return null;
    }

    /// <summary>What an endpoint looks like; for one that nearly is one, the part that is not, or itself as it would be right.</summary>
    private string EndpointForm(string found)
    {
        if (!HasPorts(Protocol)) return "as an address without a port";
        int end = found.LastIndexOfAny([':', '.']);
        if (end > 0 && found[(end + 1)..].All(char.IsAsciiDigit))
        {
            (string host, string port) = (found[..end], found[(end + 1)..]);
            bool fits = ushort.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out _);
            if (found[end] == ':' && !fits && (host.EndsWith(']') || !host.Contains(':'))) return "with a port from 0 to 65535";
            // As tcpdump and the traces themselves write it.
            bool isDotted = found[end] == '.' && fits && IpAddress.TryParse(host, out _);
            if (isDotted) return host.Contains(':') ? $"as [{host}]:{port}" : $"as {host}:{port}";
        }

        return "as ADDRESS:PORT, IPv6 as [ADDRESS]:PORT";
    }

    private string? ReadRest(WordReader words)
    {
        while (!words.IsAtEnd)
        {
            string? error = ReadDetail(words);
            if (error is not null) return error;
        }

        return null;
    }

    private string? ReadDetail(WordReader words)
    {
        if (words.TryTake("ttl")) return ReadNumber(words, 0, 255, value => HopLimit = (byte)value);
        if (words.TryTake("len")) return ReadNumber(words, 0, MaxPayloadBytes, value => PayloadBytes = value);
        if (words.TryTake("id")) return ReadNumber(words, 0, 65535, value => Identifier = (ushort)value);
        if (words.TryTake("type")) return ReadNumber(words, 0, 255, value => IcmpType = (byte)value);
        if (words.TryTake("code")) return ReadNumber(words, 0, 255, value => IcmpCode = (byte)value);
        if (words.TryTake("df")) return ReadDontFragment(words);
        const string Others = "ttl, len, id, type, code, df or the end";
        if (Protocol != IpProtocol.Tcp) return words.Expected(Others);
        bool named = words.TryTake("flags");
        if (!words.TryTakeFlags(out TcpFlags flags)) return words.Expected(named ? FlagsForm : $"{FlagsForm}, {Others}");
        Flags = flags;
        return null;
    }

    private string? ReadDontFragment(WordReader words)
    {
        if (Source.IsV6) return words.ExpectedBefore("no df with IPv6, which has no such flag");
        DontFragment = true;
        return null;
    }

    private static string? ReadNumber(WordReader words, int least, int most, Action<int> set)
    {
        if (!words.TryTakeNumber(least, most, out int value)) return words.Expected($"a number from {least} to {most}");
        set(value);
        return null;
    }

    private bool TryReadProtocol(WordReader words)
    {
        IpProtocol? named = words.Peek switch
        {
            "tcp" => IpProtocol.Tcp,
            "udp" => IpProtocol.Udp,
            "icmp" => IpProtocol.Icmp,
            "icmp6" => IpProtocol.Icmpv6,
            "sctp" => IpProtocol.Sctp,
            _ => null,
        };
        if (named is null)
        {
            if (!byte.TryParse(words.Peek, NumberStyles.None, CultureInfo.InvariantCulture, out byte number)) return false;
            named = (IpProtocol)number;
        }

        words.Skip();
        Protocol = named.Value;
        return true;
    }

    private bool TryReadEndpoint(WordReader words, out IpAddress address, out ushort port)
    {
        string host = words.Peek;
        address = default;
        port = 0;
        bool hasPort = HasPorts(Protocol);
        if (hasPort)
        {
            int colon = host.LastIndexOf(':');
            if (colon < 0) return false;
            if (!ushort.TryParse(host.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out port)) return false;
            host = host[..colon];
        }

        bool bracketed = host.StartsWith('[') && host.EndsWith(']');
        if (bracketed) host = host[1..^1];
        bool bracketsFit = host.Contains(':') ? bracketed || !hasPort : !bracketed;     // around IPv6 only, and always before a port
        if (!bracketsFit || !IpAddress.TryParse(host, out address)) return false;
        words.Skip();
        return true;
    }
}
