namespace Appliance.Firewall;

/// <summary>
/// What a key was found to be: nothing, a state of this worker, or an alias, which names the bucket whose owner has the state.
/// <code>
///     bit   31     30      29      28    27     0
///          | wire | stack | alias | debt | index |
/// </code>
/// </summary>
public readonly record struct FlowHit(uint Value)
{
    /// <summary>States, and aliases, that a table can number.</summary>
    public const int MaxIndex = (1 << 28) - 1;

    internal const uint WireBit = 1u << 31, StackBit = 1u << 30, AliasBit = 1u << 29;

    /// <summary>Instead of the alias bit, of an alias that nobody may find: in the index only.</summary>
    internal const uint DebtBit = 1u << 28;

    internal const uint AliasBits = AliasBit | DebtBit;

    internal const uint IndexMask = MaxIndex;

    public bool IsMiss => Value == 0;

    public bool IsState => (Value & (WireBit | StackBit)) != 0;

    public bool IsAlias => (Value & AliasBit) != 0;

    /// <summary>Of the state, or of the alias.</summary>
    public int Index => (int)(Value & IndexMask);

    internal static uint SideBits(FlowSide side) => (uint)side << 31 | ((uint)side >> 1 << 30);
}
