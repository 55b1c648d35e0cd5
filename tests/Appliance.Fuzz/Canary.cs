namespace Appliance.Fuzz;

/// <summary>What can be done wrong on purpose.</summary>
public enum Canary
{
    None,
    FlippedBit,         // in a frame that leaves
    LostFrame,          // never given back to its pool
    SkewedAccounts,     // one more consumed than was
}
