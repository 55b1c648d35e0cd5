using Appliance.Engine;
using Appliance.Wire.Ip;
using Appliance.Wire.Transport;

namespace Appliance.Offload;

/// <summary>
/// Verifies transport checksums for those who need them right: what a firewall judges by ports and flags must be what the receiver reads.
/// A port that is believed and has given a verdict saves the work; fragments cannot be verified, and large frames are when they are cut.
/// </summary>
public sealed class VerifyStage(ChecksumPolicy policy, PortTable ports) : IStageOf<ChecksumPolicy>, IStageOf<PortTable>
{
    private ChecksumPolicy _policy = policy;
    private PortTable _ports = ports;

    public string Name => "verify";

    public void Adopt(ChecksumPolicy model) => _policy = model;

    public void Adopt(PortTable model) => _ports = model;

    public void Process(FrameBatch batch, in StageContext context)
    {
        if (!_policy.DropsBad) return;
        ReadOnlySpan<Frame> frames = batch.Frames;
        long verified = 0;
        for (int at = 0; at < frames.Length; at++)
        {
            at = ChecksumRun.Verify(frames, at, batch.Facts, _ports[frames[at].Info.IngressPort].BelievesChecksums, ref verified);
            if (at == frames.Length) break;
            Frame frame = frames[at];
            if (IsRight(frame, context.Counters)) continue;
            context.Trace?.Explain(frame, "transport checksum wrong");
            batch.Drop(frame, DropReason.BadL4Checksum);
        }

        context.Counters.ChecksumsVerified += verified;
    }

    private bool IsRight(Frame frame, WorkerCounters counters)
    {
        ref FrameInfo info = ref frame.Info;
        if ((info.Traits & FrameTraits.Fragment) != FrameTraits.None || info.SegmentSize != 0 || !HasChecksum(ref info)) return true;
        if (info.Checksum == ChecksumState.Partial) return true;
        bool isBelieved = _ports[info.IngressPort].BelievesChecksums;
        if (isBelieved && info.Checksum is ChecksumState.Good or ChecksumState.Bad)
        {
            if (info.Checksum == ChecksumState.Bad) counters.ChecksumsBad++;
            return info.Checksum == ChecksumState.Good;
        }

        Span<byte> transport = frame.Transport;
        if (transport.Length < 8 || IsUnknown(ref info, transport)) return true;
        bool isGood = TransportChecksum.IsRight(frame);
        info.Checksum = isGood ? ChecksumState.Good : ChecksumState.Bad;
        counters.ChecksumsVerified++;
        if (!isGood) counters.ChecksumsBad++;
        return isGood;
    }

    private static bool HasChecksum(ref FrameInfo info) => info.Network switch
    {
        NetworkKind.Ipv4 => info.Protocol is IpProtocol.Tcp or IpProtocol.Udp or IpProtocol.Icmp,
        NetworkKind.Ipv6 => info.Protocol is IpProtocol.Tcp or IpProtocol.Udp or IpProtocol.Icmpv6,
        _ => false,
    };

    /// <summary>RFC 768: a UDP checksum of zero over IPv4 is none. One of more bytes than there are says nothing.</summary>
    private static bool IsUnknown(ref FrameInfo info, Span<byte> transport) =>
        info.Protocol == IpProtocol.Udp && UdpView.TryParse(transport, out UdpView udp)
        && (udp.LengthKind != UdpLengthKind.Whole || (udp.Checksum == 0 && info.Network == NetworkKind.Ipv4));
}
