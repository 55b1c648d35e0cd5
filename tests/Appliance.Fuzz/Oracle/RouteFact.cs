namespace Appliance.Fuzz.Oracle;

/// <summary>Where a prefix goes: no way is a blackhole.</summary>
/// <param name="Network">IPv4 in the low 32 bits.</param>
/// <param name="Mask">Of as many bits as the family has.</param>
/// <param name="Ways">Any of them may be taken.</param>
/// <param name="MtuBytes">Of every way.</param>
internal sealed record RouteFact(UInt128 Network, UInt128 Mask, Way[] Ways, int MtuBytes);
