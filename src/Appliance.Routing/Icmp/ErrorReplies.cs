using Appliance.Engine;
using Appliance.Wire.Icmp;
using Appliance.Wire.Ip;

namespace Appliance.Routing;

/// <summary>
/// ICMP and ICMPv6 errors (RFC 792, RFC 1812 §4.3, RFC 4443): from the first address of the port the datagram came in by, quoting it as
/// it came. Never about errors, group addresses, fragments after the first or what was generated here; limited by bucket. One object a
/// worker. A large frame is answered as its segments are, one after the other.
/// </summary>
public sealed class ErrorReplies(int buckets, IFrameFinisher finisher, IFrameOrigin origin) : IBucketState
{
    /// <summary>RFC 1812 §4.3.2.3: as much of the datagram as fits into 576 bytes in all.</summary>
    public const int MaxIpv4Bytes = 576;

    /// <summary>RFC 4443 §2.4 (c): the minimum IPv6 MTU.</summary>
    public const int MaxIpv6Bytes = 1280;

    private ReplyLimit _limit = new(buckets);

    /// <summary>Who knows the endpoints of frames that leave with others.</summary>
    internal IFrameOrigin Origin => origin;

    public object? Detach(ushort bucket) => _limit.Detach(bucket);

    public void Attach(ushort bucket, object? state) => _limit.Attach(bucket, (long?)state);

    public void Reset(int buckets) => _limit = new ReplyLimit(buckets);

    /// <summary>
    /// Tells the sender of <paramref name="cause"/> what went wrong, if that may be said. The cause stays the caller's, to be dropped: it
    /// is given back the endpoints that its sender knows, and a partial checksum is completed before it is quoted. Of a large frame the
    /// segments that <paramref name="mtuBytes"/> has room for are not answered.
    /// </summary>
    /// <param name="cause">A received datagram whose hop has not been spent yet.</param>
    /// <param name="kind">What went wrong.</param>
    /// <param name="mtuBytes">Of the next link, with <see cref="ErrorKind.TooBig"/>; else 0.</param>
    /// <param name="model">For the error's source address.</param>
    /// <param name="context">The breath.</param>
    /// <param name="codes">With <see cref="ErrorKind.Refused"/>: of ICMP, of ICMPv6.</param>
    public void TryReply(
        Frame cause, ErrorKind kind, int mtuBytes, RoutingModel model, in StageContext context, (byte V4, byte V6) codes = default)
    {
        ref FrameInfo info = ref cause.Info;
        bool v6 = info.Network == NetworkKind.Ipv6;
        if (!MayReply(ref info) || !model.TryErrorSource(info.IngressPort, v6, out IpAddress source))
        {
            context.Trace?.Explain(cause, $"no ICMP error {ErrorText.WhyNever(info.Traits)}");
            return;
        }

        if (cause.IsContiguousLarge)
        {
            ReplyToSegments(cause, kind, mtuBytes, source, context, codes);
            return;
        }

        if (!_limit.TryTake(info.Bucket, context.Now))
        {
            context.Trace?.Explain(cause, "no ICMP error: the budget of its bucket is spent");
            return;
        }

        finisher.FinishChecksum(cause, context.Counters);
        Reply(cause, kind, mtuBytes, source, context, codes);
    }

    private void ReplyToSegments(
        Frame large, ErrorKind kind, int mtuBytes, IpAddress source, in StageContext context, (byte V4, byte V6) codes)
    {
        int segments = large.WireFrames;
        for (int i = 0; i < segments; i++)
        {
            if (large.DatagramOfSegment(i) <= mtuBytes) continue;
            if (!_limit.TryTake(large.Info.Bucket, context.Now)) return;            // nor is there anything left for those behind it
            if (!finisher.TryCopySegment(large, i, context, out Frame segment)) continue;
            Reply(segment, kind, mtuBytes, source, context, codes);
            context.Pool.Return(segment);
        }
    }

    private void Reply(
        Frame cause, ErrorKind kind, int mtuBytes, IpAddress source, in StageContext context, (byte V4, byte V6) codes)
    {
        origin.Restore(cause);
        bool v6 = cause.Info.Network == NetworkKind.Ipv6;
        int headers = (v6 ? Ipv6View.HeaderLength : Ipv4View.MinHeaderLength) + IcmpView.HeaderLength;
        int quoted = Math.Min(cause.Datagram.Length, (v6 ? MaxIpv6Bytes : MaxIpv4Bytes) - headers);
        if (!GeneratedDatagram.TryBegin(cause, headers + quoted, context, out Frame reply)) return;
        context.Trace?.Explain(cause, $"{ErrorText.NameOf(kind, v6)} sent");
        Span<byte> datagram = reply.Datagram;
        cause.Datagram[..quoted].CopyTo(datagram[headers..]);
        if (v6) WriteIpv6(datagram, source.V6, Ipv6Address.Read(cause.Datagram[8..]), ErrorOf6(kind, mtuBytes, codes.V6));
        else WriteIpv4(datagram, source.V4, Ipv4Address.Read(cause.Datagram[12..]), ErrorOf4(kind, mtuBytes, codes.V4));
        reply.Info.Protocol = v6 ? IpProtocol.Icmpv6 : IpProtocol.Icmp;
        reply.Info.TransportOffset = reply.Info.NetworkOffset + headers - IcmpView.HeaderLength;
        reply.Info.Traits |= FrameTraits.IcmpError | (kind == ErrorKind.Refused ? FrameTraits.Unfiltered : FrameTraits.None);
        TransportChecksum.Write(reply);
        context.Counters.ChecksumsComputed++;
        GeneratedDatagram.Submit(reply, context);
    }

    /// <summary>RFC 1812 §4.3.2.7 and RFC 4443 §2.4 (e); sources that name no single host were dropped on admission.</summary>
    private static bool MayReply(ref FrameInfo info)
    {
        const FrameTraits Mute = FrameTraits.IcmpError | FrameTraits.LaterFragment | FrameTraits.L2Group | FrameTraits.Generated;
        return (info.Traits & Mute) == FrameTraits.None;
    }

    private static IcmpFields ErrorOf4(ErrorKind kind, int mtuBytes, byte code) => kind switch
    {
        ErrorKind.NoRoute => IcmpFields.Unreachable(IcmpUnreachableCode.Network),
        ErrorKind.HostUnreachable => IcmpFields.Unreachable(IcmpUnreachableCode.Host),
        ErrorKind.Prohibited => IcmpFields.Unreachable(IcmpUnreachableCode.AdministrativelyProhibited),
        ErrorKind.Refused => IcmpFields.Unreachable((IcmpUnreachableCode)code),
        ErrorKind.TooBig => IcmpFields.FragmentationNeeded((ushort)mtuBytes),
        _ => IcmpFields.TimeExceeded(IcmpTimeExceededCode.InTransit),
    };

    private static Icmpv6Fields ErrorOf6(ErrorKind kind, int mtuBytes, byte code) => kind switch
    {
        ErrorKind.NoRoute => Icmpv6Fields.Unreachable(Icmpv6UnreachableCode.NoRoute),
        ErrorKind.HostUnreachable => Icmpv6Fields.Unreachable(Icmpv6UnreachableCode.Address),
        ErrorKind.Prohibited => Icmpv6Fields.Unreachable(Icmpv6UnreachableCode.AdministrativelyProhibited),
        ErrorKind.Refused => Icmpv6Fields.Unreachable((Icmpv6UnreachableCode)code),
        ErrorKind.TooBig => Icmpv6Fields.PacketTooBig((uint)mtuBytes),
        _ => Icmpv6Fields.TimeExceeded(IcmpTimeExceededCode.InTransit),
    };

    private static void WriteIpv4(Span<byte> datagram, Ipv4Address source, Ipv4Address destination, in IcmpFields error)
    {
        Span<byte> message = GeneratedDatagram.WriteIpv4Header(datagram, source, destination, IpProtocol.Icmp, dontFragment: true);
        error.WriteTo(message);
    }

    private static void WriteIpv6(Span<byte> datagram, Ipv6Address source, Ipv6Address destination, in Icmpv6Fields error)
    {
        Span<byte> message = GeneratedDatagram.WriteIpv6Header(
            datagram, source, destination, IpProtocol.Icmpv6, GeneratedDatagram.HopLimit);
        error.WriteTo(message);
    }
}
