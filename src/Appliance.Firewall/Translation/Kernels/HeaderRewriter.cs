using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using Appliance.Engine;
using Appliance.Wire.Checksums;
using Appliance.Wire.Ip;

namespace Appliance.Firewall;

/// <summary>
/// Gives a frame other endpoints, in place: addresses, ports or echo identifier, and the checksums that cover them, by RFC 1624. What was
/// wrong before stays exactly as wrong. A checksum that is not finished yet (<see cref="ChecksumState.Partial"/>) holds the addresses only.
/// </summary>
public static unsafe class HeaderRewriter
{
    private const int Ipv4ChecksumAt = 10, Ipv4AddressesAt = 12, Ipv6AddressesAt = 8, TcpChecksumAt = 16;

    /// <summary>
    /// The frame, or every frame of a train by its own headers, or a large frame by its one. False when the transport header is not all
    /// there, as in a first fragment that is too small: then nothing has changed, and the frame cannot be translated. Fragments after the
    /// first have addresses only.
    /// </summary>
    public static bool TryRewrite(Frame frame, in FrameEndpoints to)
    {
        if (!frame.IsTrain) return TryRewriteOne(frame, to);
        for (Frame each = frame; !each.IsNull; each = each.Info.Next)
        {
            if (!TryRewriteOne(each, to)) return false;                 // only the head can be short; those behind it were compared with it
        }

        return true;
    }

    private static bool TryRewriteOne(Frame frame, in FrameEndpoints to)
    {
        ref FrameInfo info = ref frame.Info;
        bool isPlain = info.Network == NetworkKind.Ipv4 && info.Protocol == IpProtocol.Tcp && info.Checksum != ChecksumState.Partial
            && (info.Traits & FrameTraits.Fragment) == 0;
        return isPlain ? TryRewritePlain(frame, ref info, to) : TryRewriteOther(frame, ref info, to);
    }

    /// <summary>
    /// TCP over IPv4, nearly all there is: the same as below without a question. One's complement sums may be made of words as they lie in
    /// memory (RFC 1071 §2 (B)).
    /// </summary>
    private static bool TryRewritePlain(Frame frame, ref FrameInfo info, in FrameEndpoints to)
    {
        byte* ip = frame.Pointer + info.NetworkOffset, tcp = frame.Pointer + info.TransportOffset;
        if (info.NetworkOffset + info.DatagramLength - info.TransportOffset < TcpChecksumAt + 2) return false;
        ulong addresses = Unsafe.ReadUnaligned<ulong>(ip + Ipv4AddressesAt);
        uint ports = Unsafe.ReadUnaligned<uint>(tcp);
        uint source = BinaryPrimitives.ReverseEndianness((uint)to.Source), destination = BinaryPrimitives.ReverseEndianness(
            (uint)to.Destination);
        uint replaced = BinaryPrimitives.ReverseEndianness(((uint)to.SourcePort << 16) | to.DestinationPort);
        ulong difference = (uint)~addresses + (ulong)(uint)(~addresses >> 32) + source + destination;
        Unsafe.WriteUnaligned(ip + Ipv4AddressesAt, source | ((ulong)destination << 32));
        Unsafe.WriteUnaligned(tcp, replaced);
        Apply(ip + Ipv4ChecksumAt, difference);
        Apply(tcp + TcpChecksumAt, difference + ~ports + replaced);
        info.SourcePort = to.SourcePort;
        info.DestinationPort = to.DestinationPort;
        return true;
    }

    /// <summary>As it lies in memory.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Apply(byte* field, ulong difference) =>
        Unsafe.WriteUnaligned(field, ChecksumDelta.Apply(Unsafe.ReadUnaligned<ushort>(field), difference));

    private static bool TryRewriteOther(Frame frame, ref FrameInfo info, in FrameEndpoints to)
    {
        byte* ip = frame.Pointer + info.NetworkOffset;
        byte* transport = frame.Pointer + info.TransportOffset;
        int available = info.NetworkOffset + info.DatagramLength - info.TransportOffset;
        bool hasTransport = (info.Traits & FrameTraits.LaterFragment) == 0;
        TrackKind kind = TrackKinds.Of(info.Network, info.Protocol);
        TransportFields fields = TransportFields.Of(kind, info.Protocol, available > 0 ? *transport : (byte)0);
        if (hasTransport && available < fields.MinLength) return false;

        ulong addresses = info.Network == NetworkKind.Ipv6 ? ReplaceIpv6(ip, to) : ReplaceIpv4(ip, to);
        if (hasTransport) ReplaceTransport(transport, available, fields, ref info, addresses, to);
        return true;
    }

    /// <summary>Answers the difference that the addresses make to a checksum over them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong ReplaceIpv4(byte* ip, in FrameEndpoints to)
    {
        uint* words = (uint*)(ip + Ipv4AddressesAt);
        uint source = BinaryPrimitives.ReverseEndianness(words[0]), destination = BinaryPrimitives.ReverseEndianness(words[1]);
        ulong difference = ChecksumDelta.Difference(source, (uint)to.Source) + ChecksumDelta.Difference(destination, (uint)to.Destination);
        words[0] = BinaryPrimitives.ReverseEndianness((uint)to.Source);
        words[1] = BinaryPrimitives.ReverseEndianness((uint)to.Destination);
        Write(ip + Ipv4ChecksumAt, ChecksumDelta.Apply(Read(ip + Ipv4ChecksumAt), difference));
        return difference;
    }

    private static ulong ReplaceIpv6(byte* ip, in FrameEndpoints to)
    {
        var addresses = new Span<byte>(ip + Ipv6AddressesAt, 2 * Ipv6Address.Length);
        UInt128 source = BinaryPrimitives.ReadUInt128BigEndian(addresses);
        UInt128 destination = BinaryPrimitives.ReadUInt128BigEndian(addresses[Ipv6Address.Length..]);
        BinaryPrimitives.WriteUInt128BigEndian(addresses, to.Source);
        BinaryPrimitives.WriteUInt128BigEndian(addresses[Ipv6Address.Length..], to.Destination);
        return ChecksumDelta.Difference(source, to.Source) + ChecksumDelta.Difference(destination, to.Destination);
    }

    private static void ReplaceTransport(
        byte* transport, int available, in TransportFields fields, ref FrameInfo info, ulong addresses, in FrameEndpoints to)
    {
        ulong header = 0;
        if (fields.HasPorts)
        {
            uint ports = BinaryPrimitives.ReverseEndianness(Unsafe.ReadUnaligned<uint>(transport));
            uint replaced = ((uint)to.SourcePort << 16) | to.DestinationPort;
            header = ChecksumDelta.Difference(ports, replaced);
            Unsafe.WriteUnaligned(transport, BinaryPrimitives.ReverseEndianness(replaced));
            if (fields.ChecksumAt == TransportFields.None && ports != replaced) ReplaceCrc(transport, available, ports, replaced);
            info.SourcePort = to.SourcePort;
            info.DestinationPort = to.DestinationPort;
        }
        else if (fields.IdentifierAt != TransportFields.None)
        {
            header = ChecksumDelta.Difference(Read(transport + fields.IdentifierAt), to.SourcePort);
            Write(transport + fields.IdentifierAt, to.SourcePort);
            info.SourcePort = info.DestinationPort = to.SourcePort;
        }

        if (fields.ChecksumAt != TransportFields.None)
            ReplaceChecksum(transport + fields.ChecksumAt, fields, info.Checksum, addresses, header);
    }

    private static void ReplaceChecksum(byte* field, in TransportFields fields, ChecksumState state, ulong addresses, ulong header)
    {
        ushort checksum = Read(field);
        if (state == ChecksumState.Partial)
        {
            Write(field, ChecksumDelta.Fold(checksum + addresses));     // a sum, not its complement; whoever finishes it sums the header
            return;
        }

        if (fields.ZeroIsNone && checksum == 0) return;
        checksum = ChecksumDelta.Apply(checksum, header + (fields.HasPseudoHeader ? addresses : 0));
        Write(field, fields.ZeroIsNone ? InternetChecksum.ZeroAsAllOnes(checksum) : checksum);
    }

    private static void ReplaceCrc(byte* transport, int available, uint ports, uint replaced)
    {
        uint* field = (uint*)(transport + 8);
        uint checksum = BinaryPrimitives.ReverseEndianness(*field);
        *field = BinaryPrimitives.ReverseEndianness(SctpChecksum.ReplacePorts(checksum, ports, replaced, available));
    }

    private static ushort Read(byte* at) => BinaryPrimitives.ReverseEndianness(Unsafe.ReadUnaligned<ushort>(at));

    private static void Write(byte* at, ushort value) => Unsafe.WriteUnaligned(at, BinaryPrimitives.ReverseEndianness(value));
}
