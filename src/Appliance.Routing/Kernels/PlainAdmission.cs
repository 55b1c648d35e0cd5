using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using Appliance.Engine;
using Appliance.Wire.Ip;

namespace Appliance.Routing;

/// <summary>
/// Admission of what nearly every datagram is: from one unicast address to another, neither of them the appliance's own, by a port
/// without reverse path check. All others are left to
/// <see cref="AdmitStage"/>, which finds the reason to drop them, or none.
/// </summary>
internal static unsafe class PlainAdmission
{
    /// <summary>Frames that are looked at in one call, at most.</summary>
    public const int MaxFrames = 64;                                    // a bit each

    private const int Ipv4SourceAt = 12, Ipv4DestinationAt = 16, Ipv6SourceAt = 8, Ipv6DestinationAt = 24;

    /// <summary>A bit for each frame that is to be judged.</summary>
    /// <param name="frames">Up to <see cref="MaxFrames"/>, of IPv4 or IPv6.</param>
    public static ulong FindOthers(ReadOnlySpan<Frame> frames, RoutingModel model)
    {
        OwnAddressTable own = model.Own;
        ulong others = 0;
        int port = -1;
        bool isUnchecked = false;                                       // the port last seen
        for (int i = 0; i < frames.Length; i++)
        {
            ref FrameInfo info = ref frames[i].Info;
            if (info.IngressPort != port)
            {
                port = info.IngressPort;
                isUnchecked = model.Addresses[port].ReversePath == ReversePathCheck.Off;
            }

            bool isPlain = isUnchecked && (info.Traits & (FrameTraits.SourceRoute | FrameTraits.L2Group)) == FrameTraits.None;
            byte* datagram = frames[i].Pointer + info.NetworkOffset;
            if (!isPlain || !(info.Network == NetworkKind.Ipv6 ? IsPlainIpv6(datagram, own) : IsPlainIpv4(datagram, own)))
                others |= 1UL << i;
        }

        return others;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsPlainIpv4(byte* datagram, OwnAddressTable own)
    {
        var source = new Ipv4Address(BinaryPrimitives.ReverseEndianness(Unsafe.ReadUnaligned<uint>(datagram + Ipv4SourceAt)));
        var destination = new Ipv4Address(BinaryPrimitives.ReverseEndianness(Unsafe.ReadUnaligned<uint>(datagram + Ipv4DestinationAt)));
        return source != destination && IsUnicast(source.Value >> 24) && IsUnicast(destination.Value >> 24)
            && !own.MayHave(source) && !own.MayHave(destination);
    }

    /// <summary>Not 0/8, 127/8 or 224/3.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsUnicast(uint firstOctet) => firstOctet - 1 < 223 && firstOctet != 127;

    /// <summary>Global unicast addresses (RFC 4291 §2.4, 2000::/3) are neither martians nor scoped.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsPlainIpv6(byte* datagram, OwnAddressTable own)
    {
        if (datagram[Ipv6SourceAt] >> 5 != 1 || datagram[Ipv6DestinationAt] >> 5 != 1) return false;
        Ipv6Address source = Ipv6Address.Read(new ReadOnlySpan<byte>(datagram + Ipv6SourceAt, Ipv6Address.Length));
        Ipv6Address destination = Ipv6Address.Read(new ReadOnlySpan<byte>(datagram + Ipv6DestinationAt, Ipv6Address.Length));
        return source != destination && !own.MayHave(source) && !own.MayHave(destination);
    }
}
