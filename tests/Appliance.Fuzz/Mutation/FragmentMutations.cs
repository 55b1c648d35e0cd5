namespace Appliance.Fuzz.Mutation;

/// <summary>The fields of fragments: flags and offsets, up to those that no datagram can have.</summary>
internal static class FragmentMutations
{
    private static readonly ushort[] Values =
    [
        0, 0x2000, 0x4000, 0x6000, 0x8000, 0xa000, 1, 0x2001, 0x1fff, 0x3fff, 0x1ffe, 0x00b9, 0x20b9, 0xffff,
    ];

    public static void Mutate(Mutant mutant, Draw draw)
    {
        Layout layout = mutant.Layout;
        Span<byte> ip = mutant.Bytes[Math.Min(layout.Network, mutant.Length)..];
        if (layout.Version == 4)
        {
            if (draw.OneIn(3)) ip[6] &= 0xbf;
            else Big.Put16(ip, 6, draw.OneIn(4) ? (int)draw.Next() : draw.Of<ushort>(Values));
        }
        else if (layout.Version == 6 && ip[6] == 44 && ip.Length >= 48)
        {
            Big.Put16(ip, 42, draw.OneIn(2) ? (int)draw.Next() : draw.Of<ushort>([0, 1, 8, 9, 0xfff8, 0xfff9, 6]));
        }
    }
}
