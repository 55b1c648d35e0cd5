namespace Appliance.Fuzz.Mutation;

/// <summary>Fields of the IP headers that are no address, length or fragment: version, header length, protocol, hop limit.</summary>
internal static class HeaderMutations
{
    private static readonly byte[] HopLimits = [0, 1, 2, 64, 128, 254, 255];

    private static readonly byte[] Protocols =
    [
        0, 1, 2, 4, 6, 17, 41, 43, 44, 47, 50, 51, 58, 59, 60, 89, 103, 112, 132, 135, 139, 140, 253, 255,
    ];

    public static void Mutate(Mutant mutant, Draw draw)
    {
        Layout layout = mutant.Layout;
        if (layout.Version == 0) return;
        Span<byte> ip = mutant.Bytes[layout.Network..];
        bool v4 = layout.Version == 4;
        switch (draw.Below(6))
        {
            case 0: ip[v4 ? 8 : 7] = draw.Of<byte>(HopLimits); break;
            case 1: ip[v4 ? 8 : 7] = 1; break;
            case 2: ip[v4 ? 9 : 6] = draw.Of<byte>(Protocols); break;
            case 3: ip[0] = v4 ? (byte)(0x40 | draw.Below(16)) : (byte)draw.Next(); break;
            case 4: ip[0] = (byte)((ip[0] & 15) | (draw.Below(16) << 4)); break;
            default: ip[1] = (byte)draw.Next(); break;
        }
    }
}
