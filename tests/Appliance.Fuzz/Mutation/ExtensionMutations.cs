namespace Appliance.Fuzz.Mutation;

/// <summary>IPv6 extension headers and IPv4 options: put in, repeated, taken out; their lengths honest or not.</summary>
internal static class ExtensionMutations
{
    private static readonly byte[] Extensions = [0, 43, 43, 44, 44, 51, 60, 135, 139, 140];
    private static readonly byte[] OptionTypes = [0, 1, 7, 68, 130, 131, 136, 137, 148, 0x9e, 0x1e];

    public static void Mutate(Mutant mutant, Draw draw)
    {
        Layout layout = mutant.Layout;
        if (layout.Version == 0) return;
        bool v4 = layout.Version == 4;
        switch (draw.Below(4))
        {
            case 0 when v4 && layout.Transport > layout.Network + 20: RemoveOptions(mutant, layout); break;
            case 0 when !v4: RemoveExtension(mutant, layout); break;
            case 1 when !v4: Repeat(mutant, draw); break;
            default:
                if (v4) InsertOptions(mutant, layout, draw);
                else InsertExtension(mutant, layout, draw, draw.Of<byte>(Extensions));
                break;
        }

        if (!draw.OneIn(4)) LengthMutations.BeHonest(mutant);
    }

    /// <summary>One to ten words of options behind the fixed header, each of some type and mostly a length that fits.</summary>
    private static void InsertOptions(Mutant mutant, Layout layout, Draw draw)
    {
        int words = draw.Between(1, 10);
        Span<byte> options = mutant.Insert(layout.Network + 20, words * 4);
        options.Clear();
        for (int at = 0; at + 3 < options.Length;)
        {
            int length = Math.Min(draw.Between(2, 12), options.Length - at);
            options[at] = draw.Of<byte>(OptionTypes);
            options[at + 1] = draw.OneIn(16) ? (byte)draw.Next() : (byte)length;
            at += options[at] == 1 ? 1 : length;
        }

        Span<byte> ip = mutant.Bytes[layout.Network..];
        ip[0] = (byte)(0x40 | Math.Min(15, (ip[0] & 15) + words));
    }

    private static void RemoveOptions(Mutant mutant, Layout layout)
    {
        mutant.Remove(layout.Network + 20, layout.Transport - layout.Network - 20);
        mutant.Bytes[layout.Network] = 0x45;
    }

    private static void RemoveExtension(Mutant mutant, Layout layout)
    {
        Span<byte> ip = mutant.Bytes[layout.Network..];
        if (layout.Transport < layout.Network + 48 || ip.Length < 48) return;
        int length = ip[6] == 44 ? 8 : (ip[41] + 1) * 8;
        ip[6] = ip[40];
        mutant.Remove(layout.Network + 40, length);
    }

    /// <summary>Around the number of headers that are walked.</summary>
    private static void Repeat(Mutant mutant, Draw draw)
    {
        byte type = draw.Of<byte>([60, 43, 44]);
        for (int headers = draw.OneIn(8) ? draw.Between(62, 66) : draw.Between(2, 6); headers > 0; headers--)
            InsertExtension(mutant, mutant.Layout, draw, type);
    }

    private static void InsertExtension(Mutant mutant, Layout layout, Draw draw, byte type)
    {
        int units = draw.OneIn(4) && type != 44 ? draw.Between(1, 4) : 1;
        Span<byte> header = mutant.Insert(layout.Network + 40, units * 8);
        if (header.Length < 8) return;
        header.Clear();
        Span<byte> ip = mutant.Bytes[layout.Network..];
        header[0] = ip[6];
        header[1] = type == 51 ? (byte)((units * 2) - 2) : (byte)(units - 1);
        if (type == 44) Big.Put16(header, 2, draw.OneIn(2) ? draw.Below(2) : (int)draw.Next());
        if (type == 43) header[2] = draw.OneIn(2) ? (byte)0 : (byte)draw.Between(2, 4);
        if (draw.OneIn(32)) header[1] = (byte)draw.Next();
        ip[6] = type;
    }
}
