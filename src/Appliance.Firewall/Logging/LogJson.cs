using System.Buffers.Binary;
using System.Text.Encodings.Web;
using System.Text.Json;
using Appliance.Firewall.Language;
using Appliance.Wire.Ip;

namespace Appliance.Firewall;

/// <summary>A log entry as one line of JSON. What a packet does not have is not there; a rule that is not there is null.</summary>
public static class LogJson
{
    private static readonly JsonWriterOptions OneLine = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The line, without its end.</summary>
    public static byte[] Of(LogEntry entry)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, OneLine))
            Write(json, entry);
        return buffer.ToArray();
    }

    private static void Write(Utf8JsonWriter json, LogEntry entry)
    {
        json.WriteStartObject();
        json.WriteString("time", LogTime.Of(entry.Nanoseconds));
        if (entry.Packet is { } packet)
        {
            json.WriteNumber("input", packet.Input);
            json.WriteNumber("packet", packet.Number);
        }

        json.WriteNumber("vcpu", entry.Vcpu);
        json.WriteString("port", entry.Port);
        json.WriteString("direction", LogNames.Of(entry.Direction));
        json.WriteString("action", LogNames.Of(entry.Action));
        json.WriteString("reason", LogNames.Of(entry.Reason));
        json.WriteString("rule", entry.Rule?.Id);
        if (entry.Rule is { } rule)
        {
            json.WriteNumber("ruleNumber", rule.SubNumber ?? rule.Number);
            if (rule.SubNumber is not null) json.WriteString("anchor", rule.Anchor);
            json.WriteString("log", $"pflog{rule.LogInterface}");
        }

        if (entry.Tag.Length > 0) json.WriteString("tag", entry.Tag);
        WriteNetwork(json, entry);
        WriteTransport(json, entry);
        json.WriteEndObject();
    }

    private static void WriteNetwork(Utf8JsonWriter json, LogEntry entry)
    {
        ReadOnlySpan<byte> ip = entry.Datagram.Span;
        json.WriteNumber("ipVersion", entry.IsV6 ? 6 : 4);
        json.WriteString("protocol", ProtocolNames.NameOf(entry.Protocol));
        json.WriteString("source", AddressAt(ip, entry.IsV6 ? 8 : 12, entry.IsV6));
        json.WriteString("destination", AddressAt(ip, entry.IsV6 ? 24 : 16, entry.IsV6));
        json.WriteNumber("length", entry.Length);
        json.WriteNumber("ttl", ip[entry.IsV6 ? 7 : 8]);
        json.WriteNumber("tos", entry.IsV6 ? (byte)((ip[0] << 4) | (ip[1] >> 4)) : ip[1]);
        if (entry.IsV6)
        {
            json.WriteNumber("flowLabel", BinaryPrimitives.ReadUInt32BigEndian(ip) & 0xf_ffff);
            return;
        }

        json.WriteNumber("id", Word(ip, 4));
        json.WriteBoolean("dontFragment", (ip[6] & 0x40) != 0);
        if ((Word(ip, 6) & 0x3fff) == 0) return;
        json.WriteNumber("fragmentOffset", (Word(ip, 6) & 0x1fff) * 8);
        json.WriteBoolean("moreFragments", (ip[6] & 0x20) != 0);
    }

    private static void WriteTransport(Utf8JsonWriter json, LogEntry entry)
    {
        ReadOnlySpan<byte> bytes = entry.Transport;
        if (entry.Protocol is IpProtocol.Tcp or IpProtocol.Udp or IpProtocol.Sctp && bytes.Length >= 4)
        {
            json.WriteNumber("sourcePort", Word(bytes, 0));
            json.WriteNumber("destinationPort", Word(bytes, 2));
        }

        if (entry.Protocol == IpProtocol.Tcp && bytes.Length >= 20) WriteTcp(json, bytes);
        bool isIcmp = entry.Protocol == (entry.IsV6 ? IpProtocol.Icmpv6 : IpProtocol.Icmp);
        if (isIcmp && bytes.Length >= 2) WriteIcmp(json, bytes, entry.IsV6);
    }

    private static void WriteTcp(Utf8JsonWriter json, ReadOnlySpan<byte> segment)
    {
        const string Letters = "FSRPAUEW";                              // pf's, from the lowest bit on
        json.WriteStartObject("tcp");
        byte flags = segment[13];
        json.WriteString("flags", string.Concat(Letters.Where((_, bit) => (flags & (1 << bit)) != 0)));
        json.WriteNumber("sequence", BinaryPrimitives.ReadUInt32BigEndian(segment[4..]));
        json.WriteNumber("acknowledgment", BinaryPrimitives.ReadUInt32BigEndian(segment[8..]));
        json.WriteNumber("window", Word(segment, 14));
        json.WriteEndObject();
    }

    private static void WriteIcmp(Utf8JsonWriter json, ReadOnlySpan<byte> message, bool isV6)
    {
        json.WriteStartObject("icmp");
        json.WriteNumber("type", message[0]);
        json.WriteNumber("code", message[1]);
        if (IcmpNames.TypeName(message[0], isV6) is { } name) json.WriteString("name", name);
        if (message.Length >= 8 && message[0] is var type && (isV6 ? type is 128 or 129 : type is 0 or 8))
        {
            json.WriteNumber("id", Word(message, 4));
            json.WriteNumber("sequence", Word(message, 6));
        }

        json.WriteEndObject();
    }

    private static string AddressAt(ReadOnlySpan<byte> ip, int offset, bool isV6) =>
        isV6 ? Ipv6Address.Read(ip[offset..]).ToString() : Ipv4Address.Read(ip[offset..]).ToString();

    private static ushort Word(ReadOnlySpan<byte> bytes, int offset) => BinaryPrimitives.ReadUInt16BigEndian(bytes[offset..]);
}
