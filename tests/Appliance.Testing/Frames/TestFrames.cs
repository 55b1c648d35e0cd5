using System.Buffers.Binary;
using Appliance.Wire.Arp;
using Appliance.Wire.Ethernet;
using Appliance.Wire.Ip;

namespace Appliance.Testing;

/// <summary>
/// Frames made by hand, with every length and checksum right; what a test wants wrong it breaks afterwards, on the bytes.
/// <code>
///     byte[] frame = TestFrames.Ipv4("192.0.2.1", "198.51.100.2", TestTransport.Udp(1000, 53), ip => ip with { TimeToLive = 1 });
///     byte[] tagged = TestFrames.Tagged(frame, 5);
/// </code>
/// Frames go from <see cref="Host"/> to <see cref="Router"/> unless <see cref="WithMacs"/> says otherwise.
/// </summary>
public static class TestFrames
{
    public static readonly MacAddress Router = new(0x0201_0000_0001);
    public static readonly MacAddress Host = new(0x0200_5e00_5301);

    public static byte[] Ethernet(EtherType type, params ReadOnlySpan<byte> payload)
    {
        var frame = new byte[EthernetView.HeaderLength + payload.Length];
        payload.CopyTo(new EthernetFields(Router, Host, type).WriteTo(frame).Payload);
        return frame;
    }

    public static byte[] Arp(ArpFields fields)
    {
        var packet = new byte[ArpView.HeaderLength];
        fields.WriteTo(packet);
        return Ethernet(EtherType.Arp, packet);
    }

    /// <param name="edit">Changes what the header says; the lengths and the protocol are filled in before.</param>
    /// <param name="options">A multiple of four bytes, at most 40.</param>
    public static byte[] Ipv4(
        string source, string destination, TestTransport payload, Func<Ipv4Fields, Ipv4Fields>? edit = null, params ReadOnlySpan<byte> options)
    {
        var fields = new Ipv4Fields
        {
            TimeToLive = 64,
            Protocol = payload.Protocol,
            Source = V4(source),
            Destination = V4(destination),
            OptionsLength = (byte)options.Length,
            PayloadLength = (ushort)payload.Bytes.Length,
        };
        fields = edit?.Invoke(fields) ?? fields;
        var datagram = new byte[fields.HeaderLength + payload.Bytes.Length];
        Ipv4View view = fields.WriteTo(datagram);
        options.CopyTo(view.Options);
        view.HeaderChecksum = (ushort)~PlainChecksum.Sum(view.Header);
        payload.Complete(datagram.AsSpan(12, 2 * Ipv4Address.Length)).CopyTo(datagram, fields.HeaderLength);
        return Ethernet(EtherType.Ipv4, datagram);
    }

    /// <param name="edit">Changes what the fixed header says; lengths and next header are filled in before.</param>
    /// <param name="extensions">Between the fixed header and the payload, in order.</param>
    public static byte[] Ipv6(
        string source, string destination, TestTransport payload, Func<Ipv6Fields, Ipv6Fields>? edit = null, params TestExtension[] extensions)
    {
        byte[] chain = Chain(extensions, payload.Protocol, out IpProtocol first);
        var fields = new Ipv6Fields
        {
            HopLimit = 64,
            NextHeader = first,
            Source = V6(source),
            Destination = V6(destination),
            PayloadLength = (ushort)(chain.Length + payload.Bytes.Length),
        };
        fields = edit?.Invoke(fields) ?? fields;
        var datagram = new byte[Ipv6View.HeaderLength + chain.Length + payload.Bytes.Length];
        fields.WriteTo(datagram);
        chain.CopyTo(datagram, Ipv6View.HeaderLength);
        payload.Complete(datagram.AsSpan(8, 2 * Ipv6Address.Length)).CopyTo(datagram, Ipv6View.HeaderLength + chain.Length);
        return Ethernet(EtherType.Ipv6, datagram);
    }

    /// <summary>The frame with 802.1Q tags of priority 0 behind its addresses, the outermost first.</summary>
    public static byte[] Tagged(byte[] frame, params ReadOnlySpan<ushort> vlans)
    {
        for (int i = vlans.Length - 1; i >= 0; i--)
            frame = Tagged(frame, EtherType.Vlan, vlans[i]);
        return frame;
    }

    /// <summary>The frame with one more tag in front of those it has.</summary>
    public static byte[] Tagged(byte[] frame, EtherType tagType, ushort vlan, byte priority = 0, bool dropEligible = false)
    {
        if (!EthernetView.TryParse(frame, out EthernetView inner)) throw new ArgumentException("A frame without Ethernet header.", nameof(frame));
        var tagged = new byte[frame.Length + VlanTagView.HeaderLength];
        EthernetView outer = new EthernetFields(inner.Destination, inner.Source, tagType).WriteTo(tagged);
        inner.Payload.CopyTo(new VlanTagFields(priority, dropEligible, vlan, inner.EtherType).WriteTo(outer.Payload).Payload);
        return tagged;
    }

    public static byte[] WithMacs(byte[] frame, MacAddress destination, MacAddress source)
    {
        byte[] changed = [.. frame];
        destination.WriteTo(changed);
        source.WriteTo(changed.AsSpan(MacAddress.Length));
        return changed;
    }

    /// <summary>The frame with zeros behind it, as a link that demands a length adds them.</summary>
    public static byte[] Padded(byte[] frame, int length = 60) => [.. frame, .. new byte[Math.Max(0, length - frame.Length)]];

    /// <summary>A copy with other bytes at <paramref name="offset"/>; checksums stay as they are.</summary>
    public static byte[] With(byte[] frame, int offset, params ReadOnlySpan<byte> bytes)
    {
        byte[] changed = [.. frame];
        bytes.CopyTo(changed.AsSpan(offset));
        return changed;
    }

    /// <summary>The same on an untagged IPv4 frame, with the header checksum made right again; the offset counts from the IP header.</summary>
    public static byte[] WithIpv4(byte[] frame, int offset, params ReadOnlySpan<byte> bytes)
    {
        byte[] changed = With(frame, EthernetView.HeaderLength + offset, bytes);
        Span<byte> header = changed.AsSpan(EthernetView.HeaderLength);
        header = header[..Math.Clamp((header[0] & 15) * 4, Ipv4View.MinHeaderLength, header.Length)];
        BinaryPrimitives.WriteUInt16BigEndian(header[10..], 0);
        BinaryPrimitives.WriteUInt16BigEndian(header[10..], (ushort)~PlainChecksum.Sum(header));
        return changed;
    }

    /// <summary>An address that the test itself wrote: a typing error there is thrown.</summary>
    public static Ipv4Address V4(string text) => Ipv4Address.TryParse(text, out Ipv4Address address) ? address : throw new FormatException(text);

    /// <inheritdoc cref="V4"/>
    public static Ipv6Address V6(string text) => Ipv6Address.TryParse(text, out Ipv6Address address) ? address : throw new FormatException(text);

    private static byte[] Chain(TestExtension[] extensions, IpProtocol upper, out IpProtocol first)
    {
        byte[] chain = [];
        first = upper;
        foreach (TestExtension extension in extensions.Reverse())
        {
            chain = [(byte)first, .. extension.Bytes.AsSpan(1), .. chain];
            first = extension.Type;
        }

        return chain;
    }
}
