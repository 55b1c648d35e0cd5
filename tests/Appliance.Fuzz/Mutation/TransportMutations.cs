namespace Appliance.Fuzz.Mutation;

/// <summary>The first bytes behind IP: ports, data offset, UDP length, ICMP types; ICMP is where the appliance itself listens.</summary>
internal static class TransportMutations
{
    private static readonly byte[] IcmpTypes = [0, 3, 4, 5, 8, 8, 9, 10, 11, 12, 13, 17, 30, 255];
    private static readonly byte[] Icmpv6Types = [0, 1, 2, 3, 4, 127, 128, 128, 129, 130, 133, 134, 135, 135, 136, 137, 138, 143, 255];

    public static void Mutate(Mutant mutant, Draw draw)
    {
        Layout layout = mutant.Layout;
        if (layout.Version == 0 || mutant.Length < layout.Transport + 16) return;
        Span<byte> transport = mutant.Bytes[layout.Transport..];
        int truth = transport.Length;
        switch (layout.Protocol)
        {
            case 1: MutateIcmp(transport, draw, IcmpTypes); break;
            case 58: MutateIcmp(transport, draw, Icmpv6Types); break;
            case 6: transport[12] = (byte)draw.Next(); break;
            case 17: Big.Put16(transport, 4, draw.Of<int>([0, 7, 8, truth - 1, truth + 1, 0xffff])); break;
            default: Big.Put16(transport, draw.OneIn(2) ? 0 : 2, (int)draw.Next()); break;
        }
    }

    private static void MutateIcmp(Span<byte> message, Draw draw, ReadOnlySpan<byte> types)
    {
        if (draw.OneIn(3)) message[1] = (byte)draw.Below(4);
        else if (draw.OneIn(3)) Big.Put16(message, 4, (int)draw.Next());
        else message[0] = draw.Of(types);
    }
}
