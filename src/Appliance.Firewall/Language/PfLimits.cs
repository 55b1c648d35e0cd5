namespace Appliance.Firewall.Language;

/// <summary>
/// Everything in a ruleset that could grow without end, and where it ends. Past a limit there is an error, never an exception.
/// </summary>
public static class PfLimits
{
    /// <summary>Files within files.</summary>
    public const int IncludeDepth = 16;

    /// <summary>Files read for one ruleset.</summary>
    public const int Files = 1000;

    /// <summary>Characters of one word or quoted text.</summary>
    public const int Text = 8096;

    /// <summary>Characters of a macro's value.</summary>
    public const int MacroValue = 65_536;

    /// <summary>Characters that all uses of macros may add to a ruleset.</summary>
    public const int MacroExpansion = 16 * 1024 * 1024;

    /// <summary>Items between one pair of braces.</summary>
    public const int ListItems = 100_000;

    /// <summary>Anchors within anchors.</summary>
    public const int AnchorDepth = 64;

    /// <summary>Rules of a ruleset after expansion.</summary>
    public const int Rules = 100_000;

    /// <summary>Errors that are kept; the rest is not looked for.</summary>
    public const int Errors = 1000;

    /// <summary>Characters of an interface's name.</summary>
    public const int InterfaceName = 15;

    /// <summary>Characters of a table's name.</summary>
    public const int TableName = 31;

    /// <summary>Characters of a label or tag.</summary>
    public const int Label = 63;

    /// <summary>Labels of one rule.</summary>
    public const int Labels = 5;

    /// <summary>The highest routing table.</summary>
    public const int RoutingTable = 65_535;

    /// <summary>The highest 802.1p priority.</summary>
    public const int Priority = 7;
}
