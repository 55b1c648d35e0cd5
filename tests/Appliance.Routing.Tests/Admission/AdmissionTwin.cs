using System.Net;
using Appliance.Engine;

namespace Appliance.Routing.Tests.Admission;

/// <summary>
/// The slow twin of admission: one rule after the other, in their order, on addresses as text and framework types have them. All routes are
/// <see cref="AdmissionRig"/>'s.
/// </summary>
internal static class AdmissionTwin
{
    public static DropReason Judge(IPAddress source, IPAddress destination, FrameTraits traits, int port)
    {
        if (traits.HasFlag(FrameTraits.SourceRoute)) return DropReason.SourceRoute;
        if (source.Equals(destination)) return DropReason.Land;
        bool v6 = source.GetAddressBytes().Length == 16;
        if (v6 ? IsMartianSourceV6(source, port) : IsMartianSourceV4(source)) return DropReason.Martian;
        if (v6 ? IsNeverOnALink(destination) : IsMartianDestinationV4(destination)) return DropReason.Martian;
        if (!v6 && (destination.Equals(IPAddress.Broadcast) || AdmissionRig.Broadcast.Contains(destination))) return DropReason.Broadcast;
        if (v6 ? destination.IsIPv6Multicast : First(destination) is >= 224 and < 240) return DropReason.Multicast;
        if (traits.HasFlag(FrameTraits.L2Group)) return DropReason.L2Group;
        return IsReversePathRight(source, port) ? DropReason.None : DropReason.Spoof;
    }

    private static bool IsMartianSourceV4(IPAddress source) =>
        First(source) is 0 or 127 or >= 224 || AdmissionRig.Own.Contains(source) || AdmissionRig.Broadcast.Contains(source);

    private static bool IsMartianDestinationV4(IPAddress destination) =>
        First(destination) is 0 or 127 || (First(destination) >= 240 && !destination.Equals(IPAddress.Broadcast));

    private static bool IsMartianSourceV6(IPAddress source, int port) =>
        IsNeverOnALink(source) || source.IsIPv6Multicast || AdmissionRig.Own.Contains(source)
        || (source.Equals(AdmissionRig.OwnLinkLocal) && port == AdmissionRig.Strict);

    private static bool IsNeverOnALink(IPAddress address) =>
        address.Equals(IPAddress.IPv6Any) || address.Equals(IPAddress.IPv6Loopback) || address.IsIPv4MappedToIPv6;

    /// <summary>One network behind each port of the rig, and nothing else.</summary>
    private static bool IsReversePathRight(IPAddress source, int port)
    {
        if (port == AdmissionRig.Unchecked) return true;
        if (source.GetAddressBytes().Length == 16 ? source.IsIPv6LinkLocal : IsLinkLocalV4(source)) return true;
        int behind = AdmissionRig.PortBehind(source);
        return port == AdmissionRig.Loose ? behind >= 0 : behind == port;
    }

    private static bool IsLinkLocalV4(IPAddress address) => address.GetAddressBytes() is [169, 254, ..];

    private static byte First(IPAddress address) => address.GetAddressBytes()[0];
}
