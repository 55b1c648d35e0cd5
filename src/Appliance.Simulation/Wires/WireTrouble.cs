namespace Appliance.Simulation;

/// <summary>One thing that is wrong with one direction of a cable.</summary>
internal sealed record WireTrouble
{
    public bool IsCut { get; init; }

    /// <summary>Of a thousand frames.</summary>
    public int LossPerMille { get; init; }

    /// <summary>Likewise.</summary>
    public int DoublingPerMille { get; init; }

    public long MaxDelayNanoseconds { get; init; }
}
