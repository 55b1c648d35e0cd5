using Appliance.Wire.Ethernet;
using Appliance.Wire.Ip;

namespace Appliance.Wire.Tests.Support;

/// <summary>The values headers hold, drawn over their whole range.</summary>
internal static class SeededValues
{
    public const int RoundTrips = 64;
    public const int HostileRounds = 10_000;

    public static bool NextBool(this Random random) => random.Next(2) == 1;

    public static byte NextByte(this Random random) => (byte)random.Next(0x100);

    public static ushort NextUShort(this Random random) => (ushort)random.Next(0x10000);

    public static uint NextUInt(this Random random) => (uint)random.NextInt64(0x1_0000_0000);

    public static MacAddress NextMac(this Random random) => new((ulong)random.NextInt64(0x1_0000_0000_0000));

    public static Ipv4Address NextIpv4(this Random random) => new(random.NextUInt());

    public static Ipv6Address NextIpv6(this Random random) => Ipv6Address.Read(random.NextOctets(Ipv6Address.Length));

    public static byte[] NextOctets(this Random random, int length)
    {
        byte[] bytes = new byte[length];
        random.NextBytes(bytes);
        return bytes;
    }
}
