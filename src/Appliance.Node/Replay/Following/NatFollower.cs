using System.Buffers.Binary;
using Appliance.Engine;
using Appliance.Firewall;
using Appliance.Wire.Ip;

namespace Appliance.Node;

/// <summary>
/// Lets a capture that was recorded without translation be replayed through one. The far side answered the endpoint that it saw then; what
/// the appliance has made of it now is learned from the flow's frames as they leave, and its answers get it as their destination, ICMP
/// errors in what they quote as well. What was wrong in a checksum stays as wrong as it was.
/// <code>
///   10.0.0.5:4000 > 8.8.8.8:53 enters          8.8.8.8:53 > 10.0.0.5:4000 is recorded
///   203.0.113.2:61000 > 8.8.8.8:53 leaves  ─►  8.8.8.8:53 > 203.0.113.2:61000 enters
/// </code>
/// </summary>
internal sealed class NatFollower(ScratchFrame scratch)
{
    /// <summary>Translated flows that are known; beyond, those that have been silent longest are forgotten.</summary>
    public const int MaximumFlows = 1 << 20;

    /// <summary>Fragmented answers of which the first fragment has been seen.</summary>
    public const int MaximumDatagrams = 1 << 12;

    private readonly record struct Datagram(bool IsV6, IpProtocol Protocol, UInt128 Source, UInt128 Destination, uint Identification);

    private readonly RecentEntries<FollowedFlow, FrameEndpoints> _answers = new(MaximumFlows);      // as recorded → as they enter
    private readonly RecentEntries<Datagram, FrameEndpoints> _fragments = new(MaximumDatagrams);
    private readonly Dictionary<long, FollowedFlow> _entered = [];      // by ordinal: what has entered in this breath as it was recorded

    /// <summary>Gives an answer the endpoints by which the appliance knows it, in place; call it for every frame that enters.</summary>
    public void Enter(Span<byte> bytes, int port, long ordinal)
    {
        if (!scratch.TryParse(bytes, port, out Frame frame)) return;
        FollowedFlow flow = FollowedFlow.Of(frame, out QuotedDatagram? quoted);
        bool isFollowed = (frame.Info.Traits & FrameTraits.LaterFragment) == FrameTraits.None
            ? TryFollow(frame, flow, quoted)
            : _fragments.TryGet(DatagramOf(frame), out FrameEndpoints ends) && HeaderRewriter.TryRewrite(frame, ends);
        if (isFollowed) frame.Bytes.CopyTo(bytes);
        else if (quoted is null && flow != default) _entered[ordinal] = flow;
    }

    /// <summary>A frame leaves: what it was when it entered is known by its ordinal.</summary>
    public void Leave(Frame frame)
    {
        if ((frame.Info.Traits & FrameTraits.Generated) != FrameTraits.None) return;
        if (!_entered.Remove(frame.Info.Ordinal, out FollowedFlow entered)) return;
        if (!FollowedFlow.TryRead(frame, out FollowedFlow left)) return;
        if (left == entered) _answers.Remove(entered.Turned());
        else _answers.Set(entered.Turned(), left.Ends.Turned());
    }

    /// <summary>The breath is over.</summary>
    public void Settle() => _entered.Clear();

    private bool TryFollow(Frame frame, FollowedFlow flow, QuotedDatagram? quoted)
    {
        if (!_answers.TryGet(flow, out FrameEndpoints ends)) return false;
        if (quoted is { } about)
        {
            ErrorRewriter.Rewrite(frame, about, ends.Turned());
            return true;
        }

        if (!HeaderRewriter.TryRewrite(frame, ends)) return false;
        if (IsFragment(frame)) _fragments.Set(DatagramOf(frame, flow.Ends), ends);
        return true;
    }

    private static bool IsFragment(Frame frame) => (frame.Info.Traits & FrameTraits.Fragment) != FrameTraits.None;

    private static Datagram DatagramOf(Frame frame)
    {
        (UInt128 source, UInt128 destination) = FollowedFlow.AddressesOf(frame.Datagram, frame.Info.Network == NetworkKind.Ipv6);
        return DatagramOf(frame, new FrameEndpoints(source, destination, 0, 0));
    }

    private static Datagram DatagramOf(Frame frame, in FrameEndpoints ends)
    {
        bool v6 = frame.Info.Network == NetworkKind.Ipv6;
        uint identification = v6
            ? Ipv6HeaderChain.Walk(frame.Datagram).FragmentIdentification
            : BinaryPrimitives.ReadUInt16BigEndian(frame.Datagram[4..]);
        return new Datagram(v6, frame.Info.Protocol, ends.Source, ends.Destination, identification);
    }
}
