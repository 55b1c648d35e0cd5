using Appliance.Fuzz.Oracle;
using Appliance.Fuzz.Worlds;

namespace Appliance.Fuzz.Mutation;

/// <summary>What mutations put into a frame for one world: its own addresses, MACs and VLANs among those that must never pass.</summary>
internal sealed class Targets
{
    private static readonly uint[] StrangeV4 =
    [
        0, 0x0000_0001, 0x7f00_0001, 0xe000_0001, 0xefff_fffa, 0xf000_0001, 0xffff_ffff, 0xa9fe_0101, 0xc0a8_010a, 0xc0a8_0100,
        0x0a00_0001, 0x0a01_0101, 0x0a46_0101, 0x0a07_0009, 0x0a64_0109, 0xac10_0001, 0xc633_6407, 0xcb00_7109, 0x5db8_d822, 0x0808_0808,
    ];

    private static readonly UInt128[] StrangeV6 =
    [
        0, 1, new(0, 0xffff_c0a8_0101),
        new(0xff02_0000_0000_0000, 1), new(0xff0e_0000_0000_0000, 7), new(0xff02_0000_0000_0000, 0x1_ff00_0001),
        new(0xfe80_0000_0000_0000, 0x99), new(0xfe80_0000_0000_0000, 1), new(0xfec0_0000_0000_0000, 1), new(0xfd00_0000_0000_0000, 1),
        new(0x2001_0db8_dead_0000, 1), new(0x2001_0db8_0010_0000, 0x10), new(0x2001_0db8_0001_0000, 0x99), new(0x2001_0db8_0007_0000, 9),
        new(0x2001_0db8_00c1_0000, 9), new(0x2600_0000_0000_0000, 1), new(0x3ffe_0000_0000_0000, 1),
    ];

    private static readonly ulong[] StrangeMacs =
    [
        0, 0xffff_ffff_ffff, 0x0180_c200_0000, 0x0100_5e00_0001, 0x3333_0000_0001, 0x0200_0000_0001,
    ];

    public Targets(World world)
    {
        RoutingFacts facts = world.Facts;
        V4 = [.. facts.OwnV4, .. facts.BroadcastsV4, .. StrangeV4];
        V6 = [.. facts.OwnV6, .. StrangeV6];
        Macs = [.. facts.Ports.Select(port => port.Mac).Distinct(), .. StrangeMacs];
        Vlans = [.. facts.Ports.Where(port => port.Vlan > 0).Select(port => port.Vlan), 0, 0, 1, 4094, 4095];
        Ports = facts.Ports;
    }

    public uint[] V4 { get; }

    public UInt128[] V6 { get; }

    public ulong[] Macs { get; }

    public int[] Vlans { get; }

    public PortFact[] Ports { get; }
}
