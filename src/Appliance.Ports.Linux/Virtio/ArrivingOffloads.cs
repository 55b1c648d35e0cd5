using System.Buffers.Binary;
using System.Numerics;
using Appliance.Engine;
using Appliance.Offload;
using Appliance.Wire.Checksums;
using Appliance.Wire.Ethernet;
using Appliance.Wire.Ip;

namespace Appliance.Ports.Linux;

/// <summary>Says in a received frame's info what the kernel said of it: segments, an unfinished checksum, one already verified.</summary>
internal static class ArrivingOffloads
{
    private const int TcpField = 16, UdpField = 6, SctpField = 8;       // offsets of the checksum
    private const int MaxTags = 16;

    /// <param name="frame">Just received, whole.</param>
    /// <param name="header">Of it.</param>
    /// <param name="inserted">Bytes put into the frame behind the addresses after the header was written: a tag.</param>
    public static void Describe(Frame frame, in VirtioHeader header, int inserted)
    {
        if (header is { Flags: 0, Segmentation: VirtioHeader.None }) return;
        IpProtocol protocol = FindTransport(frame.Bytes, out int transport);
        bool isOrdinary = protocol is IpProtocol.Tcp or IpProtocol.Udp;
        if ((header.Flags & VirtioHeader.NeedsChecksum) != 0)
        {
            int start = header.ChecksumStart + inserted;
            bool isTransport = isOrdinary && start == transport && header.ChecksumOffset == FieldOf(protocol);
            if (isTransport) frame.Info.Checksum = ChecksumState.Partial;
            else Finish(frame.Bytes, start, header.ChecksumOffset, protocol == IpProtocol.Sctp && start == transport);
        }
        else if ((header.Flags & VirtioHeader.ChecksumValid) != 0 && isOrdinary)
        {
            frame.Info.Checksum = ChecksumState.Good;
        }

        if (header.Segmentation != VirtioHeader.None) LargeFrame.TryDescribe(frame, header.SegmentSize);
    }

    /// <summary>
    /// Finishes what no later stage knows of, as of a datagram within a tunnel: the sum from <paramref name="start"/> to the end over what
    /// stands in the field, or the CRC32c of SCTP (RFC 9260 §6.8). A header that points outside the frame is not obeyed.
    /// </summary>
    internal static void Finish(Span<byte> frame, int start, int offset, bool isSctp)
    {
        int width = isSctp ? sizeof(uint) : sizeof(ushort);
        if (start + offset + width > frame.Length) return;
        Span<byte> summed = frame[start..], field = summed.Slice(offset, width);
        if (!isSctp)
        {
            ushort checksum = InternetChecksum.Finish(InternetChecksum.Sum(summed));
            BinaryPrimitives.WriteUInt16BigEndian(field, offset == UdpField ? InternetChecksum.ZeroAsAllOnes(checksum) : checksum);
        }
        else if (offset == SctpField)
        {
            field.Clear();
            uint crc = uint.MaxValue;
            foreach (byte octet in summed) crc = BitOperations.Crc32C(crc, octet);
            BinaryPrimitives.WriteUInt32LittleEndian(field, ~crc);
        }
    }

    private static int FieldOf(IpProtocol protocol) => protocol == IpProtocol.Tcp ? TcpField : UdpField;

    /// <summary>Where the outermost datagram's transport header is, and of which protocol; 0 where there is none.</summary>
    private static IpProtocol FindTransport(ReadOnlySpan<byte> frame, out int transport)
    {
        transport = 0;
        int at = 2 * MacAddress.Length;
        for (int tags = 0; tags <= MaxTags && at + 2 <= frame.Length; tags++, at += VlanTagView.HeaderLength)
        {
            var type = (EtherType)BinaryPrimitives.ReadUInt16BigEndian(frame[at..]);
            if (type is EtherType.Vlan or EtherType.ServiceVlan) continue;
            ReadOnlySpan<byte> datagram = frame[(at + 2)..];
            IpProtocol protocol = type switch
            {
                EtherType.Ipv4 => FindTransport4(datagram, out transport),
                EtherType.Ipv6 => FindTransport6(datagram, out transport),
                _ => default,
            };
            transport += at + 2;
            return protocol;
        }

        return default;
    }

    private static IpProtocol FindTransport4(ReadOnlySpan<byte> datagram, out int transport)
    {
        transport = 0;
        if (datagram.Length < Ipv4View.MinHeaderLength) return default;
        transport = (datagram[0] & 15) * 4;
        bool isFragment = ((datagram[6] & 0x3f) | datagram[7]) != 0;    // nobody can know the checksum of a part
        return isFragment ? default : (IpProtocol)datagram[9];
    }

    private static IpProtocol FindTransport6(ReadOnlySpan<byte> datagram, out int transport)
    {
        transport = Ipv6View.HeaderLength;
        if (datagram.Length < Ipv6View.HeaderLength) return default;
        var protocol = (IpProtocol)datagram[6];
        if (protocol is IpProtocol.Tcp or IpProtocol.Udp) return protocol;
        Ipv6HeaderChain chain = Ipv6HeaderChain.Walk(datagram);
        transport = chain.TransportOffset;
        return chain.Outcome == Ipv6WalkOutcome.Complete && !chain.IsFragment ? chain.Protocol : default;
    }
}
