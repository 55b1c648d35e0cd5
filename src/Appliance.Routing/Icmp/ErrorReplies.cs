using System.Buffers.Binary;
using Appliance.Engine;
using Appliance.Wire.Checksums;
using Appliance.Wire.Ip;

namespace Appliance.Routing;

/// <summary>
/// ICMP and ICMPv6 errors (RFC 792, RFC 1812 §4.3, RFC 4443): from the first address of the port the datagram came in by, quoting it as it came.
/// Never about errors, group addresses, fragments after the first or what was generated here; limited by bucket. One object a worker.
/// </summary>
public sealed class ErrorReplies(int buckets)
{
    /// <summary>RFC 1812 §4.3.2.3: as much of the datagram as fits into 576 bytes in all.</summary>
    public const int MaxIpv4Bytes = 576;

    /// <summary>RFC 4443 §2.4 (c): the minimum IPv6 MTU.</summary>
    public const int MaxIpv6Bytes = 1280;

    private readonly ReplyLimit _limit = new(buckets);

    /// <summary>Tells the sender of <paramref name="cause"/> what went wrong, if that may be said. The cause stays the caller's, unchanged.</summary>
    /// <param name="cause">A received datagram whose hop has not been spent yet.</param>
    /// <param name="kind">What went wrong.</param>
    /// <param name="mtuBytes">Of the next link, with <see cref="ErrorKind.TooBig"/>.</param>
    /// <param name="model">For the error's source address.</param>
    /// <param name="context">The breath.</param>
    public void TryReply(Frame cause, ErrorKind kind, int mtuBytes, RoutingModel model, in StageContext context)
    {
        ref FrameInfo info = ref cause.Info;
        bool v6 = info.Network == NetworkKind.Ipv6;
        if (!MayReply(ref info) || !model.TryErrorSource(info.IngressPort, v6, out IpAddress source)) return;
        if (!_limit.TryTake(info.Bucket, context.Now)) return;

        int headers = (v6 ? Ipv6View.HeaderLength : Ipv4View.MinHeaderLength) + GeneratedDatagram.IcmpHeader;
        int quoted = Math.Min(cause.Datagram.Length, (v6 ? MaxIpv6Bytes : MaxIpv4Bytes) - headers);
        if (!GeneratedDatagram.TryBegin(cause, headers + quoted, context, out Frame reply)) return;
        Span<byte> datagram = reply.Datagram;
        cause.Datagram[..quoted].CopyTo(datagram[headers..]);
        if (v6) WriteIpv6(datagram, source.V6, Ipv6Address.Read(cause.Datagram[8..]), kind, mtuBytes);
        else WriteIpv4(datagram, source.V4, Ipv4Address.Read(cause.Datagram[12..]), kind, mtuBytes);
        reply.Info.Protocol = v6 ? IpProtocol.Icmpv6 : IpProtocol.Icmp;
        reply.Info.TransportOffset = reply.Info.NetworkOffset + headers - GeneratedDatagram.IcmpHeader;
        reply.Info.Traits |= FrameTraits.IcmpError;
        context.Counters.ChecksumsComputed++;
        context.Source.Submit(reply);
    }

    /// <summary>RFC 1812 §4.3.2.7 and RFC 4443 §2.4 (e); sources that name no single host were dropped on admission.</summary>
    private static bool MayReply(ref FrameInfo info) =>
        (info.Traits & (FrameTraits.IcmpError | FrameTraits.LaterFragment | FrameTraits.L2Group | FrameTraits.Generated)) == FrameTraits.None;

    private static void WriteIpv4(Span<byte> datagram, Ipv4Address source, Ipv4Address destination, ErrorKind kind, int mtuBytes)
    {
        (byte type, byte code) = kind switch
        {
            ErrorKind.NoRoute => ((byte)3, (byte)0),
            ErrorKind.HostUnreachable => ((byte)3, (byte)1),
            ErrorKind.TooBig => ((byte)3, (byte)4),
            _ => ((byte)11, (byte)0),
        };
        Span<byte> icmp = GeneratedDatagram.WriteIpv4Header(datagram, source, destination, IpProtocol.Icmp, dontFragment: true);
        WriteMessage(icmp, type, code, (uint)mtuBytes);
        BinaryPrimitives.WriteUInt16BigEndian(icmp[2..], InternetChecksum.Finish(InternetChecksum.Sum(icmp)));
    }

    private static void WriteIpv6(Span<byte> datagram, Ipv6Address source, Ipv6Address destination, ErrorKind kind, int mtuBytes)
    {
        (byte type, byte code) = kind switch
        {
            ErrorKind.NoRoute => ((byte)1, (byte)0),
            ErrorKind.HostUnreachable => ((byte)1, (byte)3),
            ErrorKind.TooBig => ((byte)2, (byte)0),
            _ => ((byte)3, (byte)0),
        };
        Span<byte> icmp = GeneratedDatagram.WriteIpv6Header(datagram, source, destination, IpProtocol.Icmpv6, GeneratedDatagram.HopLimit);
        WriteMessage(icmp, type, code, (uint)mtuBytes);
        GeneratedDatagram.FinishIcmpv6(icmp, source, destination);
    }

    /// <summary>Both families: type, code, checksum, then a word that only too-big uses: its low half for ICMP, all of it for ICMPv6.</summary>
    private static void WriteMessage(Span<byte> icmp, byte type, byte code, uint mtuBytes)
    {
        icmp[0] = type;
        icmp[1] = code;
        icmp[2..4].Clear();
        BinaryPrimitives.WriteUInt32BigEndian(icmp[4..], mtuBytes);
    }
}
