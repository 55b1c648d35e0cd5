namespace Appliance.Node;

/// <summary>Which rules decided on one packet while it went its way: at most one where it came in, and one where it went out.</summary>
internal struct DecidingRules
{
    /// <summary>The first that decided, in a stage behind which the packet was; or null.</summary>
    public string? First { get; private set; }

    /// <summary>The one that decided behind the first, or null.</summary>
    public string? Second { get; private set; }

    /// <summary>The one that decides in the stage where the packet is, or null: what ends there then ends by no rule.</summary>
    public string? Here { get; private set; }

    /// <summary>Of several in one stage the last counts.</summary>
    public void Decided(string rule) => Here = rule;

    /// <summary>The stage is behind the packet.</summary>
    public void Leave()
    {
        if (Here is null) return;
        if (First is null) First = Here;
        else Second = Here;
        Here = null;
    }
}
