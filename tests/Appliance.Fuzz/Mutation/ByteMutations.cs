using Appliance.Fuzz.Seeds;

namespace Appliance.Fuzz.Mutation;

/// <summary>Mutations that know nothing of protocols: bits, boundary values, bytes copied, dropped and taken from another frame.</summary>
internal static class ByteMutations
{
    private const int HeaderBytes = 96;                                 // where most of what is read stands

    private static readonly byte[] Boundaries8 = [0, 1, 4, 0x0f, 0x3f, 0x40, 0x45, 0x4f, 0x60, 0x7f, 0x80, 0xfe, 0xff];

    private static readonly ushort[] Boundaries16 =
    [
        0, 1, 0x7fff, 0x8000, 0xffff, 0xfffe, 0x1fff, 0x2000, 0x4000, 0x05dc, 0x0600, 0x0800, 0x8100, 0x86dd, 0x88a8,
    ];

    private static readonly uint[] Boundaries32 = [0, 1, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff, 0x0000_ffff, 0xffff_0000];

    public static void Mutate(Mutant mutant, Draw draw, SeedCorpus seeds)
    {
        Span<byte> bytes = mutant.Bytes;
        if (bytes.Length < 4) return;
        int at = Place(bytes.Length - 3, draw);
        switch (draw.Below(9))
        {
            case 0 or 1 or 2: bytes[at] ^= (byte)(1 << draw.Below(8)); break;
            case 3: bytes[at] = draw.Of<byte>(Boundaries8); break;
            case 4: Big.Put16(bytes, at, draw.OneIn(3) ? NearLength(bytes.Length - at, draw) : draw.Of<ushort>(Boundaries16)); break;
            case 5: Big.Put32(bytes, at, draw.Of<uint>(Boundaries32)); break;
            case 6: Duplicate(mutant, at, draw); break;
            case 7: mutant.Remove(at, draw.Between(1, 24)); break;
            default: Splice(mutant, draw, seeds); break;
        }
    }

    private static int Place(int bound, Draw draw) => draw.OneIn(4) ? draw.Below(bound) : draw.Below(Math.Min(bound, HeaderBytes));

    private static int NearLength(int length, Draw draw) => length + draw.Between(-2, 2);

    private static void Duplicate(Mutant mutant, int at, Draw draw)
    {
        int count = Math.Min(draw.Between(1, 24), mutant.Length - at);
        Span<byte> copy = stackalloc byte[24];
        mutant.Bytes.Slice(at, count).CopyTo(copy);
        Span<byte> room = mutant.Insert(at, count);
        copy[..room.Length].CopyTo(room);
    }

    /// <summary>This frame's first bytes, another's from some place on.</summary>
    private static void Splice(Mutant mutant, Draw draw, SeedCorpus seeds)
    {
        ReadOnlySpan<byte> other = seeds.Pick(draw);
        if (other.Length < 15) return;
        int cut = Place(mutant.Length, draw);
        int from = draw.OneIn(2) ? Math.Min(cut, other.Length - 1) : Place(other.Length, draw);
        mutant.Cut(cut);
        Span<byte> room = mutant.Insert(cut, other.Length - from);
        other.Slice(from, room.Length).CopyTo(room);
    }
}
