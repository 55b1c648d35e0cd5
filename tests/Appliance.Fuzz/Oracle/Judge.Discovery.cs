using Appliance.Engine;

namespace Appliance.Fuzz.Oracle;

/// <content>
/// Neighbour discovery: what RFC 4861 §6.1, §7.1 and §8.1 have a receiver discard, and who gets an answer (§7.2.3, §7.2.4).
/// </content>
internal sealed partial class Judge
{
    private const byte SourceLinkLayerAddress = 1;

    private bool IsNeighbourDiscovery(UInt128 source, UInt128 destination, in Fate fate)
    {
        if (!fate.IsNeighbourMessage || fate.IsFragment || fate.IsSourceRouted) return false;
        if (source != 0 && (IsMartianV6(source) || IsMulticastV6(source))) return false;
        return IsMulticastV6(destination) || facts.IsOwnV6(destination, fate.Ingress);
    }

    private DropReason JudgeDiscovery(ReadOnlySpan<byte> datagram, UInt128 source, UInt128 destination, ref Fate fate)
    {
        ReadOnlySpan<byte> message = datagram[fate.TransportOffset..];
        if (fate.IsFromGroup || datagram[7] != 255 || message[1] != 0) return DropReason.Spoof;
        int header = message[0] switch { 133 => 8, 134 => 16, 137 => 40, _ => 24 };
        if (message.Length < header || !AreOptionsSound(message[header..], out bool tellsSource)) return DropReason.Short;
        if (!IsBelievable(message, source, destination, tellsSource)) return DropReason.Spoof;
        if (OnesSum.Of(message, OnesSum.PseudoHeader(datagram[8..40], 58, message.Length)) != 0xffff) return DropReason.BadL4Checksum;
        fate.Outcome = Outcome.Consume;
        bool isAsked = message[0] == 135 && facts.IsOwnV6At(Big.U128(message, 8), fate.Ingress) && !facts.IsOwnV6(source, fate.Ingress);
        if (isAsked) fate.Reply = ReplyKind.Advertisement;
        return DropReason.None;
    }

    /// <summary>Each option at least 8 bytes and within the message; at most 256 of them.</summary>
    private static bool AreOptionsSound(ReadOnlySpan<byte> options, out bool tellsSource)
    {
        tellsSource = false;
        for (int count = 0; options.Length > 0; count++)
        {
            if (count == 256 || options.Length < 2 || options[1] == 0 || options[1] * 8 > options.Length) return false;
            tellsSource |= options[0] == SourceLinkLayerAddress;
            options = options[(options[1] * 8)..];
        }

        return true;
    }

    private static bool IsBelievable(ReadOnlySpan<byte> message, UInt128 source, UInt128 destination, bool tellsSource)
    {
        bool isAnonymous = source == 0;
        UInt128 target = message.Length >= 24 ? Big.U128(message, 8) : 0;
        switch (message[0])
        {
            case 133: return !isAnonymous || !tellsSource;
            case 134: return IsLinkLocal(source, v6: true);
            case 135:
                bool toSolicitedNode = destination >> 24 == new UInt128(0xff02_0000_0000_0000, 0x0000_0001_ff00_0000) >> 24;
                return !IsMulticastV6(target) && (!isAnonymous || (toSolicitedNode && !tellsSource));
            case 136: return !IsMulticastV6(target) && ((message[4] & 0x40) == 0 || !IsMulticastV6(destination));
            default:
                UInt128 redirected = Big.U128(message, 24);
                bool isTargetRight = target == redirected || IsLinkLocal(target, v6: true);
                return IsLinkLocal(source, v6: true) && !IsMulticastV6(redirected) && isTargetRight;
        }
    }
}
