namespace Appliance.Firewall;

/// <summary>A table with what it begins with.</summary>
public sealed record ResolvedTable(AddressTable Contents)
{
    /// <summary><c>const</c>: nothing but another ruleset changes it.</summary>
    public bool IsConstant { get; init; }

    /// <summary><c>persist</c>: it stays although no rule names it.</summary>
    public bool IsPersistent { get; init; }

    /// <summary>
    /// The ruleset says what is in it, be it nothing. A table of which it does not keeps what it holds when the ruleset changes.
    /// </summary>
    public bool HasContents { get; init; }

    /// <summary>False for one that rules name and no <c>table</c> defines: it is empty until somebody adds to it.</summary>
    public bool IsDefined { get; init; }
}
