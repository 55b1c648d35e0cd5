namespace Appliance.Fuzz.Mutation;

/// <summary>
/// Addresses: own, neighbours', martians, groups, of blackholes and of nowhere; swapped, equal, one bit off. ARP's are found at their
/// places.
/// </summary>
internal static class AddressMutations
{
    public static void Mutate(Mutant mutant, Draw draw, Targets targets)
    {
        Layout layout = mutant.Layout;
        Span<byte> network = mutant.Bytes[Math.Min(layout.Network, mutant.Length)..];
        if (layout.Version == 4) MutateIpv4(network, draw, targets);
        else if (layout.Version == 6) MutateIpv6(network, draw, targets, layout.Transport - layout.Network);
        else if (network.Length >= 28) MutateArp(network, draw, targets);
    }

    private static void MutateIpv4(Span<byte> ip, Draw draw, Targets targets)
    {
        uint source = Big.U32(ip, 12), destination = Big.U32(ip, 16);
        switch (draw.Below(8))
        {
            case 0: (source, destination) = (destination, source); break;
            case 1: destination = source; break;
            case 2: source = draw.Of<uint>(targets.V4); break;
            case 3: destination = (uint)draw.Next(); break;
            case 4: source = (uint)draw.Next(); break;
            case 5: destination ^= 1u << draw.Below(32); break;
            default: destination = draw.Of<uint>(targets.V4); break;
        }

        Big.Put32(ip, 12, source);
        Big.Put32(ip, 16, destination);
    }

    private static void MutateIpv6(Span<byte> ip, Draw draw, Targets targets, int transport)
    {
        UInt128 source = Big.U128(ip, 8), destination = Big.U128(ip, 24);
        switch (draw.Below(9))
        {
            case 0: (source, destination) = (destination, source); break;
            case 1: destination = source; break;
            case 2 or 3: source = draw.Of<UInt128>(targets.V6); break;
            case 4: destination = new UInt128(draw.Next(), draw.Next()); break;
            case 5: destination ^= UInt128.One << draw.Below(128); break;
            case 6 when ip.Length >= transport + 24: Big.Put128(ip, transport + 8, draw.Of<UInt128>(targets.V6)); break;
            default: destination = draw.Of<UInt128>(targets.V6); break;
        }

        Big.Put128(ip, 8, source);
        Big.Put128(ip, 24, destination);
    }

    private static void MutateArp(Span<byte> arp, Draw draw, Targets targets)
    {
        switch (draw.Below(5))
        {
            case 0: Big.Put32(arp, 14, draw.Of<uint>(targets.V4)); break;
            case 1: Big.Put16(arp, 6, draw.Below(4)); break;
            case 2: Big.PutMac(arp, 8, draw.Of<ulong>(targets.Macs)); break;
            default: Big.Put32(arp, 24, draw.Of<uint>(targets.V4)); break;
        }
    }
}
