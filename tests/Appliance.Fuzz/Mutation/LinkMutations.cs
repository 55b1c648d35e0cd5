namespace Appliance.Fuzz.Mutation;

/// <summary>MAC addresses, ethertypes and VLAN tags: put in, taken off, piled up.</summary>
internal static class LinkMutations
{
    private static readonly ushort[] TagTypes = [0x8100, 0x8100, 0x88a8, 0x9100];
    private static readonly ushort[] EtherTypes = [0x0800, 0x86dd, 0x0806, 0x8100, 0x88a8, 0x8864, 0x88cc, 0x0026, 0x05ff, 0, 0xffff];

    public static void Mutate(Mutant mutant, Draw draw, Targets targets, int port)
    {
        if (mutant.Length < 14) return;
        Span<byte> bytes = mutant.Bytes;
        switch (draw.Below(12))
        {
            case 0: Big.PutMac(bytes, 0, draw.Of<ulong>(targets.Macs)); break;
            case 1: Big.PutMac(bytes, 6, draw.Of<ulong>(targets.Macs)); break;
            case 2: Big.PutMac(bytes, 0, targets.Ports[port].Mac); break;
            case 3: Big.Put16(bytes, 12, draw.Of<ushort>(EtherTypes)); break;
            case 4 or 5: RemoveTag(mutant); break;
            case 6: PileUp(mutant, draw); break;
            case 7: AddService(mutant, draw); break;
            default: AddTag(mutant, draw.Of<ushort>(TagTypes), Tag(draw.Of<int>(targets.Vlans), draw)); break;
        }
    }

    /// <summary>An identifier with a priority now and then.</summary>
    private static int Tag(int vlan, Draw draw) => draw.OneIn(4) ? vlan | (draw.Below(16) << 12) : vlan;

    private static void AddTag(Mutant mutant, ushort type, int tag)
    {
        Span<byte> room = mutant.Insert(12, 4);
        if (room.Length < 4) return;
        Big.Put16(room, 0, type);
        Big.Put16(room, 2, tag);
    }

    /// <summary>Two tags as a provider puts them on.</summary>
    private static void AddService(Mutant mutant, Draw draw)
    {
        AddTag(mutant, 0x8100, draw.Between(1, 2));
        AddTag(mutant, 0x88a8, 100);
    }

    private static void RemoveTag(Mutant mutant)
    {
        if (Big.U16(mutant.Bytes, 12) is 0x8100 or 0x88a8) mutant.Remove(12, 4);
    }

    /// <summary>Around the number of tags that are looked through.</summary>
    private static void PileUp(Mutant mutant, Draw draw)
    {
        for (int tags = draw.Between(14, 18); tags > 0; tags--)
            AddTag(mutant, 0x8100, 0);
    }
}
