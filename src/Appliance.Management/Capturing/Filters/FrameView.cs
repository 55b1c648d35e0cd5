using System.Buffers.Binary;
using Appliance.Wire.Ip;

namespace Appliance.Management;

/// <summary>What filters ask of a frame, found once. What a frame has not is 0 and false; nothing is ever read past its end.</summary>
internal readonly ref struct FrameView
{
    private const int AddressesLength = 12, TagLength = 4, Ipv4Length = 20, Ipv6Length = 40, ArpLength = 28;

    public FrameView(ReadOnlySpan<byte> frame)
    {
        Bytes = frame;
        int at = AddressesLength;
        while (at + TagLength <= frame.Length && Word(frame, at) is 0x8100 or 0x88a8)
        {
            if (Tags++ == 0) Vlan = Word(frame, at + 2) & 0xfff;
            at += TagLength;
        }

        if (at + 2 > frame.Length) return;
        EtherType = Word(frame, at);
        ReadOnlySpan<byte> rest = frame[(at + 2)..];
        if (EtherType == 0x0800 && rest.Length >= Ipv4Length) this = new FrameView(this, rest, isV6: false);
        else if (EtherType == 0x86dd && rest.Length >= Ipv6Length) this = new FrameView(this, rest, isV6: true);
        else if (EtherType == 0x0806 && rest.Length >= ArpLength) this = new FrameView(this, rest);
    }

    private FrameView(FrameView frame, ReadOnlySpan<byte> arp)
    {
        this = frame;
        HasAddresses = true;
        Source = BinaryPrimitives.ReadUInt32BigEndian(arp[14..]);
        Destination = BinaryPrimitives.ReadUInt32BigEndian(arp[24..]);
    }

    private FrameView(FrameView frame, ReadOnlySpan<byte> datagram, bool isV6)
    {
        this = frame;
        HasAddresses = IsIp = true;
        IsV6 = isV6;
        int transport;
        bool hasTransport;
        if (isV6)
        {
            Source = BinaryPrimitives.ReadUInt128BigEndian(datagram[8..]);
            Destination = BinaryPrimitives.ReadUInt128BigEndian(datagram[24..]);
            Ipv6HeaderChain chain = Ipv6HeaderChain.Walk(datagram);
            (Protocol, transport, hasTransport) = ((byte)chain.Protocol, chain.TransportOffset, !chain.IsNonFirstFragment);
        }
        else
        {
            Source = BinaryPrimitives.ReadUInt32BigEndian(datagram[12..]);
            Destination = BinaryPrimitives.ReadUInt32BigEndian(datagram[16..]);
            (Protocol, transport, hasTransport) = (datagram[9], (datagram[0] & 15) * 4, (Word(datagram, 6) & 0x1fff) == 0);
        }

        HasPorts = hasTransport && Protocol is 6 or 17 or 132 && transport >= Ipv4Length && transport + 4 <= datagram.Length;
        if (!HasPorts) return;
        SourcePort = Word(datagram, transport);
        DestinationPort = Word(datagram, transport + 2);
    }

    public ReadOnlySpan<byte> Bytes { get; }

    /// <summary>VLAN tags before the <see cref="EtherType"/>; and the identifier in the outermost.</summary>
    public int Tags { get; }

    public int Vlan { get; }
    public int EtherType { get; }

    /// <summary>IPv4, IPv6 or ARP.</summary>
    public bool HasAddresses { get; }

    public bool IsIp { get; }
    public bool IsV6 { get; }

    /// <summary>IPv4 addresses in the low 32 bits.</summary>
    public UInt128 Source { get; }

    public UInt128 Destination { get; }

    /// <summary>Behind the extension headers.</summary>
    public byte Protocol { get; }

    /// <summary>TCP, UDP or SCTP, and not a fragment behind the first.</summary>
    public bool HasPorts { get; }

    public int SourcePort { get; }
    public int DestinationPort { get; }

    private static ushort Word(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt16BigEndian(bytes[at..]);
}
