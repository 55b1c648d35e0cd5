namespace Appliance.Fuzz.Mutation;

/// <summary>Frames that are cut, padded or truly long, and length fields that lie.</summary>
internal static class LengthMutations
{
    private static readonly int[] Sizes = [512, 548, 576, 577, 1000, 1001, 1279, 1280, 1281, 1400, 1499, 1500, 1501];
    private static readonly int[] LongSizes = [9000, 9001, 20_000, 65_535];

    public static void Mutate(Mutant mutant, Draw draw)
    {
        Layout layout = mutant.Layout;
        switch (draw.Below(8))
        {
            case 0: mutant.Cut(draw.Below(mutant.Length + 1)); break;
            case 1: mutant.Cut(layout.Network + draw.Between(0, 60)); break;
            case 2: mutant.Cut(layout.Transport + draw.Between(0, 24)); break;
            case 3: Extend(mutant, draw); break;
            case 4: Resize(mutant, draw); break;
            default: Lie(mutant, layout, draw); break;
        }
    }

    /// <summary>Makes the length fields say what is there.</summary>
    public static void BeHonest(Mutant mutant)
    {
        Layout layout = mutant.Layout;
        if (layout.Version == 4) Big.Put16(mutant.Bytes, layout.Network + 2, mutant.Length - layout.Network);
        else if (layout.Version == 6) Big.Put16(mutant.Bytes, layout.Network + 4, mutant.Length - layout.Network - 40);
    }

    /// <summary>Bytes behind the datagram, zeros or not, as padding is.</summary>
    private static void Extend(Mutant mutant, Draw draw)
    {
        Span<byte> room = mutant.Insert(mutant.Length, draw.OneIn(64) ? draw.Between(1, 70_000) : draw.Between(1, 64));
        room.Fill((byte)(draw.OneIn(2) ? 0 : draw.Next()));
    }

    /// <summary>A datagram of a size that matters to some MTU; seldom the longest of all.</summary>
    private static void Resize(Mutant mutant, Draw draw)
    {
        Layout layout = mutant.Layout;
        if (layout.Version == 0) return;
        SetLength(mutant, draw.OneIn(64) ? draw.Of<int>(LongSizes) : draw.Of<int>(Sizes), draw);
    }

    /// <summary>A datagram that may be cut into very many pieces.</summary>
    public static void MakeLong(Mutant mutant, Draw draw)
    {
        if (mutant.Layout.Version == 0) return;
        SetLength(mutant, draw.Of<int>(LongSizes), draw);
        if (mutant.Layout.Version == 4) mutant.Bytes[mutant.Layout.Network + 6] &= 0xbf;
    }

    private static void SetLength(Mutant mutant, int wanted, Draw draw)
    {
        int missing = mutant.Layout.Network + wanted - mutant.Length;
        if (missing < 0) mutant.Cut(mutant.Layout.Network + wanted);
        else mutant.Insert(mutant.Length, missing).Fill((byte)draw.Next());
        BeHonest(mutant);
    }

    private static void Lie(Mutant mutant, Layout layout, Draw draw)
    {
        if (layout.Version == 0) return;
        int field = layout.Network + (layout.Version == 4 ? 2 : 4);
        int truth = mutant.Length - layout.Network - (layout.Version == 4 ? 0 : 40);
        int lie = draw.Below(10) switch
        {
            0 => 0,
            1 => 1,
            2 => truth + 1,
            3 => truth - 1,
            4 => truth - draw.Below(Math.Max(1, truth)),
            5 => 0xffff,
            6 => 0x8000,
            7 => layout.Transport - layout.Network - (layout.Version == 4 ? 0 : 40),
            8 => layout.Transport - layout.Network - 1,
            _ => 20 + draw.Below(8),
        };
        Big.Put16(mutant.Bytes, field, lie);
    }
}
