namespace Appliance.Firewall.Language;

/// <summary>What <c>set</c> has said so far, and how far the required order of statements has come.</summary>
internal sealed class RunningOptions
{
    private StatementOrder _order;

    public PfOptions Options { get; set; } = new();

    /// <summary>Whether a statement of this kind may stand here; the last kind is remembered.</summary>
    public bool TryAdvance(StatementOrder order)
    {
        bool fits = !Options.RequireOrder || order >= _order;
        if (fits) _order = order;
        return fits;
    }
}
