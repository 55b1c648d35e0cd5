using Appliance.Wire.Ip;

namespace Appliance.Fuzz.Oracle;

/// <summary>Writes the answers that the appliance must give, byte for byte, from the standards' pictures.</summary>
internal static class ExpectedReply
{
    public const int MaxBytes = 66_000;

    /// <summary>The answer to <paramref name="asked"/> (the datagram or ARP packet), and how long it is.</summary>
    public static int Write(Span<byte> reply, ReadOnlySpan<byte> asked, in Fate fate, RoutingFacts facts) => fate.Reply switch
    {
        ReplyKind.Arp => WriteArp(reply, asked, LinkSource(asked, fate, facts)),
        ReplyKind.Advertisement => WriteAdvertisement(reply, asked, fate, LinkSource(asked, fate, facts)),
        ReplyKind.Echo => WriteEcho(reply, asked, fate),
        _ => WriteError(reply, asked, fate, facts),
    };

    /// <summary>The MAC address that an answer about an own address names and comes from.</summary>
    public static ulong LinkSource(ReadOnlySpan<byte> asked, in Fate fate, RoutingFacts facts) => facts.MacOf(
        fate.Reply == ReplyKind.Arp ? Ipv4Address.Read(asked[24..]) : Ipv6Address.Read(asked[(fate.TransportOffset + 8)..]), fate.Ingress);

    /// <summary>RFC 826: the fields swapped, own MAC as the sender's.</summary>
    private static int WriteArp(Span<byte> reply, ReadOnlySpan<byte> asked, ulong mac)
    {
        asked[..6].CopyTo(reply);
        Big.Put16(reply, 6, 2);
        Big.PutMac(reply, 8, mac);
        Big.Put32(reply, 14, Big.U32(asked, 24));
        asked.Slice(8, 10).CopyTo(reply[18..]);
        return 28;
    }

    /// <summary>RFC 4861 §4.4 with §7.2.4: to all nodes and unsolicited when nobody can be named.</summary>
    private static int WriteAdvertisement(Span<byte> reply, ReadOnlySpan<byte> asked, in Fate fate, ulong mac)
    {
        UInt128 target = Big.U128(asked, fate.TransportOffset + 8), asker = Big.U128(asked, 8);
        WriteIpv6(reply, 32, hopLimit: 255, target, asker == 0 ? new UInt128(0xff02_0000_0000_0000, 1) : asker);
        Span<byte> message = reply.Slice(40, 32);
        message.Clear();
        message[0] = 136;
        message[4] = asker == 0 ? (byte)0xa0 : (byte)0xe0;
        Big.Put128(message, 8, target);
        message[24] = 2;
        message[25] = 1;
        Big.PutMac(message, 26, mac);
        FinishIcmpv6(reply, 32);
        return 72;
    }

    private static int WriteEcho(Span<byte> reply, ReadOnlySpan<byte> asked, in Fate fate)
    {
        ReadOnlySpan<byte> message = asked[fate.TransportOffset..];
        int header = fate.V6 ? 40 : 20;
        if (fate.V6)
        {
            WriteIpv6(reply, message.Length, hopLimit: 64, Big.U128(asked, 24), Big.U128(asked, 8));
            reply[0] = (byte)(0x60 | (asked[0] & 15));
            reply[1] = (byte)(asked[1] & 0xf0);
        }
        else
        {
            WriteIpv4(reply, message.Length, service: asked[1], id: Big.U16(asked, 4), flags: 0, Big.U32(asked, 16), Big.U32(asked, 12));
        }

        message.CopyTo(reply[header..]);
        reply[header] = fate.V6 ? (byte)129 : (byte)0;
        reply[header + 1] = 0;                                          // whatever code was asked with (RFC 792, RFC 4443 §4.2)
        if (fate.V6) FinishIcmpv6(reply, message.Length);
        else FinishIcmp(reply.Slice(20, message.Length));
        return header + message.Length;
    }

    private static int WriteError(Span<byte> reply, ReadOnlySpan<byte> asked, in Fate fate, RoutingFacts facts)
    {
        int header = fate.V6 ? 40 : 20;
        int quoted = Math.Min(asked.Length, (fate.V6 ? 1280 : 576) - header - 8);
        facts.TryErrorSource(fate.Ingress, fate.V6, out UInt128 source);
        if (fate.V6) WriteIpv6(reply, 8 + quoted, hopLimit: 64, source, Big.U128(asked, 8));
        else WriteIpv4(reply, 8 + quoted, service: 0, id: 0, flags: 0x4000, (uint)source, Big.U32(asked, 12));
        reply[header] = fate.ErrorType;
        reply[header + 1] = fate.ErrorCode;
        Big.Put32(reply, header + 4, fate.ErrorWord);
        asked[..quoted].CopyTo(reply[(header + 8)..]);
        if (fate.V6) FinishIcmpv6(reply, 8 + quoted);
        else FinishIcmp(reply.Slice(20, 8 + quoted));
        return header + 8 + quoted;
    }

    private static void WriteIpv4(Span<byte> reply, int payload, byte service, int id, int flags, uint source, uint destination)
    {
        reply[0] = 0x45;
        reply[1] = service;
        Big.Put16(reply, 2, 20 + payload);
        Big.Put16(reply, 4, id);
        Big.Put16(reply, 6, flags);
        reply[8] = 64;
        reply[9] = 1;
        Big.Put16(reply, 10, 0);
        Big.Put32(reply, 12, source);
        Big.Put32(reply, 16, destination);
        Big.Put16(reply, 10, ~OnesSum.Of(reply[..20]));
    }

    private static void WriteIpv6(Span<byte> reply, int payload, byte hopLimit, UInt128 source, UInt128 destination)
    {
        Big.Put32(reply, 0, 0x6000_0000);
        Big.Put16(reply, 4, payload);
        reply[6] = 58;
        reply[7] = hopLimit;
        Big.Put128(reply, 8, source);
        Big.Put128(reply, 24, destination);
    }

    private static void FinishIcmp(Span<byte> message)
    {
        Big.Put16(message, 2, 0);
        Big.Put16(message, 2, ~OnesSum.Of(message));
    }

    private static void FinishIcmpv6(Span<byte> datagram, int length)
    {
        Span<byte> message = datagram.Slice(40, length);
        Big.Put16(message, 2, 0);
        Big.Put16(message, 2, ~OnesSum.Of(message, OnesSum.PseudoHeader(datagram[8..40], 58, length)));
    }
}
